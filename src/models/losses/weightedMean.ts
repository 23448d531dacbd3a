import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { usageError } from "../../protocol/errors.ts";

/**
 * Σ w·l / number of l: what Keras calls `sum_over_batch_size`, and what `fit` of TensorFlow.js computes of sample weights. Doubling all
 * weights doubles the loss.
 * @param losses `[batch, …]` @param weights of examples `[batch]`, or of parts of them `[batch, …]`; 1 where absent
 * @throws WhittleError (usage) where the loss has one number for what the weights tell apart
 */
export function weightedMean(tf: TF, losses: Tf.Tensor, weights: Tf.Tensor | undefined): Tf.Scalar {
  if (weights === undefined) return tf.mean(losses);
  if (losses.rank < weights.rank) {
    throw usageError(
      `The loss gives values of shape [${losses.shape}] for weights of shape [${weights.shape}].`,
      "Give fewer weights, or a loss of your own that takes them: (yTrue, yPred, weights) => ….",
    );
  }
  return tf.mean(tf.mul(losses, alongside(tf, weights, losses.rank)));
}

/** `[batch, …]` with axes of 1 behind, to be multiplied with something of that rank. */
export function alongside(tf: TF, weights: Tf.Tensor, rank: number): Tf.Tensor {
  return tf.reshape(weights, [...weights.shape, ...new Array<number>(rank - weights.rank).fill(1)]);
}
