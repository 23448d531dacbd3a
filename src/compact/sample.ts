/** Made-up inputs for a model, to see what it computes. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { findWeight } from "../layers/ownName.ts";
import type { Application, Applications, Flowing } from "./applications.ts";

/** A length that a model leaves open: enough for a few layers of pooling. */
const OPEN_LENGTH = 8;
/** Ids that every table has. */
const IDS = 2;

/** @returns one tensor for each input, `[count, …]`; the caller disposes them */
export function sampleInputs(tf: TF, { inputs, applications }: Applications, count: number, seed: number): Tf.Tensor[] {
  const open = Math.min(OPEN_LENGTH, ...applications.map(mostPositions));
  return inputs.map((input, index) => {
    const shape = [count, ...input.shape.slice(1).map((length) => length ?? open)];
    return applications.some((application) => takesIds(application, input))
      ? tf.randomUniform(shape, 0, IDS, "int32", seed + index).cast(input.dtype)
      : tf.randomNormal(shape, 0, 1, "float32", seed + index).cast(input.dtype);
  });
}

function takesIds({ layer, inputs }: Application, input: Flowing): boolean {
  if (!inputs.includes(input)) return false;
  const className = layer.getClassName();
  return className === "MultiHeadAttention" ? input.shape.length === 2 : className.endsWith("Embedding");
}

/** Of the longest sequence that the layer takes, where it learns something for each position. */
function mostPositions({ layer }: Application): number {
  return findWeight(layer, "positions")?.shape[0] ?? Number.POSITIVE_INFINITY;
}
