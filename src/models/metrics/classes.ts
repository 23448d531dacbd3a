/** Targets that are classes, whether they come as ids or one-hot. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";

/** `[batch, …]`: ids as they are; of one-hot rows `[batch, …, classes]` the place of the one. */
export function classIds(tf: TF, yTrue: Tf.Tensor, yPred: Tf.Tensor): Tf.Tensor {
  return yTrue.rank === yPred.rank ? tf.argMax(yTrue, -1) : yTrue;
}

/** What the model says of the true class. @param keepDims of `tf.sum` @returns `[batch, …]`, or `[batch, …, 1]` */
export function outputOfTarget(tf: TF, yTrue: Tf.Tensor, yPred: Tf.Tensor, keepDims = false): Tf.Tensor {
  const ids = tf.cast(classIds(tf, yTrue, yPred), "int32");
  const chosen = tf.cast(tf.oneHot(ids, yPred.shape.at(-1) ?? 1), "float32");
  return tf.sum(tf.mul(yPred, chosen), -1, keepDims);
}
