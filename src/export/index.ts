/** All forms that a run's model is written in. */
import type { ModelFormat } from "../protocol/modelExport.ts";
import type { ExportFormat } from "./format.ts";
import { onnx } from "./onnx/onnx.ts";

const ALL: readonly ExportFormat[] = [onnx];

export const FORMATS: ReadonlyMap<ModelFormat, ExportFormat> = new Map(ALL.map((format) => [format.name, format]));
