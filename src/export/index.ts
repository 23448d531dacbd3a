/** All forms that a model can be written in. */
import type { ModelFormat } from "../protocol/modelExport.ts";
import type { ExportFormat } from "./format.ts";
import { h5, keras } from "./keras/keras.ts";

export const EXPORT_FORMATS: ReadonlyMap<ModelFormat, ExportFormat> = new Map(
  [keras, h5].map((format) => [format.name, format]),
);
