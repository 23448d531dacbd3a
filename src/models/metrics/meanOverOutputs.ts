import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { NamedMetric } from "./metric.ts";

/**
 * A figure of each output over the whole split, and the mean of them.
 * @param measure of all targets and values of one output, and their weights
 */
export function meanOverOutputs(
  measure: (targets: Float32Array, outputs: Float32Array, weights: Float32Array) => number,
): Required<Pick<NamedMetric, "compute" | "summarize">> {
  return {
    compute: besideEachOther,
    summarize(columns, weights) {
      const count = columns.length / 2;
      const targets = columns.slice(0, count);
      return targets.reduce((sum, each, at) => sum + measure(each, columns[count + at] ?? each, weights), 0) / count;
    },
  };
}

/** `[batch, …, outputs]` twice → `[batch, …, 2 · outputs]`: targets, then outputs. */
export function besideEachOther(tf: TF, yTrue: Tf.Tensor, yPred: Tf.Tensor): Tf.Tensor {
  const shape = yPred.rank === 1 ? [yPred.size, 1] : yPred.shape;
  return tf.concat([tf.reshape(tf.cast(yTrue, "float32"), shape), tf.reshape(yPred, shape)], -1);
}
