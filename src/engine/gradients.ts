/**
 * Gradients that are slow in TensorFlow.js 4.22.0 by the way they are put together. Theirs are replaced for all engines; what
 * they compute is the same, in another order of summation.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "./types.ts";

export function improveGradients(tf: TF): void {
  for (const gradient of [tileGradient(tf)]) {
    tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}

/** Theirs is a slice and an addition for each repetition: thousands where a batch is normalized position by position. */
function tileGradient(tf: TF): Tf.GradConfig {
  return {
    kernelName: "Tile",
    inputsToSave: ["x"],
    gradFunc(dy, saved, attributes) {
      const [x] = saved;
      const { reps } = attributes as unknown as { readonly reps: readonly number[] };
      if (x === undefined) throw new Error("the gradient of Tile needs its input");
      // Each axis as repetitions × length; the sum goes over the repetitions.
      const shape = x.shape.flatMap((length, axis) => [reps[axis] ?? 1, length]);
      const repeated = x.shape.map((_, axis) => 2 * axis);
      return { x: () => tf.sum(tf.reshape(dy as Tf.Tensor, shape), repeated) };
    },
  };
}
