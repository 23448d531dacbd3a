/** All forms that a model is written in. */
import type { ModelFormat } from "../protocol/modelExport.ts";
import type { ExportFormat } from "./format.ts";
import { onnx } from "./onnx/onnx.ts";

const FORMATS: readonly ExportFormat[] = [onnx];

export function formatNamed(name: ModelFormat): ExportFormat {
  const format = FORMATS.find((each) => each.name === name);
  if (format === undefined) throw new Error(`no form is called ${name}`);
  return format;
}
