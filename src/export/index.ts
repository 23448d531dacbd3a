/** All forms that a model is written in. */
import type { ModelFormat } from "../protocol/modelExport.ts";
import type { ExportFormat } from "./format.ts";
import { h5, keras } from "./keras/keras.ts";
import { masks } from "./masks.ts";
import { onnx, onnxFloat16 } from "./onnx/onnx.ts";
import { safetensors } from "./safetensors.ts";
import { tfjs, tfjsFloat16 } from "./tfjs.ts";

const FORMATS: Readonly<Record<ModelFormat, ExportFormat>> = {
  tfjs,
  "tfjs-float16": tfjsFloat16,
  keras,
  h5,
  onnx,
  "onnx-float16": onnxFloat16,
  safetensors,
  masks,
};

export const formatNamed = (name: ModelFormat): ExportFormat => FORMATS[name];
