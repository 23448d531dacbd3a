/** Gradients of several batches, put together to those of one that is as large as all of them. */
import type * as Tf from "@tensorflow/tfjs";
import type { Gradients } from "./network.ts";

type TF = typeof Tf;

export interface GradientSums {
  /** Adds those of a batch, each target counting alike: part of a program. @returns their part in the whole: how many count */
  add(of: Gradients, examples: number): Tf.Tensor;
  /** Means over all that was added since the last time: part of a program. */
  take(): Tf.Tensor[];
  dispose(): void;
}

/** Between two steps all are 0, so that a checkpoint needs none of them. */
export function createGradientSums(tf: TF, parameters: readonly { readonly variable: Tf.Variable }[]): GradientSums {
  const zeros = (shape: number[]): Tf.Variable => tf.tidy(() => tf.variable(tf.zeros(shape), false));
  const sums = parameters.map(({ variable }) => zeros(variable.shape));
  const total = zeros([]);
  return {
    add({ gradients, count }, examples) {
      const part = count ?? tf.scalar(examples);
      for (const [at, sum] of sums.entries()) {
        const gradient = gradients[at];
        if (gradient !== undefined) sum.assign(tf.add(sum, tf.mul(gradient, part)));
      }
      total.assign(tf.add(total, part));
      return part;
    },
    take() {
      const counted = tf.maximum(total, 1);
      const means = sums.map((sum) => tf.div(sum, counted));
      for (const sum of [...sums, total]) sum.assign(tf.zerosLike(sum));
      return means;
    },
    dispose() {
      for (const sum of [...sums, total]) sum.dispose();
    },
  };
}
