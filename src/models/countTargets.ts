/** Which targets count, and how much: weights of the data, and the id that stands for padding. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { alongside } from "./losses/weightedMean.ts";

export interface CountedTargets {
  /** Ids that do not count are 0 here, which is a class everywhere. */
  readonly y: Tf.Tensor;
  /** Of examples `[batch]` or of parts of them `[batch, …]`; absent where all count alike. */
  readonly weights?: Tf.Tensor | undefined;
  /** How many targets count, a scalar; absent where all do. */
  readonly count?: Tf.Tensor;
}

/** @param w of the data, if it has weights @param ignoreTarget the setting */
export function countTargets(
  tf: TF,
  y: Tf.Tensor,
  w: Tf.Tensor | undefined,
  ignoreTarget: number | undefined,
): CountedTargets {
  if (ignoreTarget === undefined) return { y, weights: w };
  const isCounted = tf.notEqual(y, tf.scalar(ignoreTarget, y.dtype as "int32"));
  const mask = tf.cast(isCounted, "float32");
  return {
    y: tf.where(isCounted, y, tf.zerosLike(y)),
    weights: w === undefined ? mask : tf.mul(alongside(tf, w, mask.rank), mask),
    count: tf.sum(mask),
  };
}

/**
 * As a loss takes them: its mean over all targets of the batch is then that over those that count, as with PyTorch's
 * `ignore_index`; 0 where none counts.
 */
export function lossWeights(tf: TF, { y, weights, count }: CountedTargets): Tf.Tensor | undefined {
  if (weights === undefined || count === undefined) return weights;
  return tf.mul(weights, tf.div(y.size, tf.maximum(count, 1)));
}
