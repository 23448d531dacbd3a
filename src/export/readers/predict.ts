/** A model's outputs in the terms of readers. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { Values } from "./reader.ts";

/** Examples computed at once. */
const BATCH = 100;

/** @param inputs as many as the model's, in their order @returns its outputs, in their order */
export function predictValues(tf: TF, model: Tf.LayersModel, inputs: readonly Values[]): readonly Values[] {
  const tensors = inputs.map(({ shape, values }) => tf.tensor(values, [...shape], "float32"));
  const outputs = [
    model.predict(tensors.length === 1 ? (tensors[0] as Tf.Tensor) : tensors, { batchSize: BATCH }),
  ].flat();
  const read = outputs.map((output, at) => ({
    name: model.outputNames[at] ?? "",
    shape: output.shape,
    values: Float32Array.from(output.dataSync()),
  }));
  tf.dispose([...tensors, ...outputs]);
  return read;
}
