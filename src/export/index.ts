/** All forms that a model is written in. */
import type { ModelFormat } from "../protocol/modelExport.ts";
import type { ExportFormat } from "./format.ts";
import { h5, keras } from "./keras/keras.ts";
import { masks } from "./masks.ts";
import { onnx } from "./onnx/onnx.ts";
import { safetensors } from "./safetensors.ts";
import { tfjs } from "./tfjs.ts";

const FORMATS: readonly ExportFormat[] = [tfjs, keras, h5, onnx, safetensors, masks];

export function formatNamed(name: ModelFormat): ExportFormat {
  const format = FORMATS.find((each) => each.name === name);
  if (format === undefined) throw new Error(`no form is called ${name}`);
  return format;
}
