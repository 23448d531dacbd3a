/** All forms that a model is written in. */
import type { ModelFormat } from "../protocol/modelExport.ts";
import type { ExportFormat } from "./format.ts";
import { h5, keras } from "./keras/keras.ts";
import { masks } from "./masks.ts";
import { onnx } from "./onnx/onnx.ts";
import { safetensors } from "./safetensors.ts";
import { tfjs } from "./tfjs.ts";

const FORMATS: Readonly<Record<ModelFormat, ExportFormat>> = { tfjs, keras, h5, onnx, safetensors, masks };

export const formatNamed = (name: ModelFormat): ExportFormat => FORMATS[name];
