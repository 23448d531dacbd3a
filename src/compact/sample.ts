/** Made-up inputs for a model, to see what it computes. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import type { Applications } from "./applications.ts";

/** A length that a model leaves open: enough for a few layers of pooling. */
const OPEN_LENGTH = 8;
/** Ids that every table has. */
const IDS = 2;

/** @returns one tensor for each input, `[count, …]`; the caller disposes them */
export function sampleInputs(tf: TF, { inputs, applications }: Applications, count: number, seed: number): Tf.Tensor[] {
  return inputs.map((input, index) => {
    const shape = [count, ...input.shape.slice(1).map((length) => length ?? OPEN_LENGTH)];
    const takers = applications.filter((application) => application.inputs.includes(input));
    const isIds = takers.some(({ layer }) => layer.getClassName().endsWith("Embedding"));
    return isIds
      ? tf.randomUniform(shape, 0, IDS, "int32", seed + index).cast(input.dtype)
      : tf.randomNormal(shape, 0, 1, "float32", seed + index).cast(input.dtype);
  });
}
