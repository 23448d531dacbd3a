import { binaryAccuracy } from "./binaryAccuracy.ts";
import { classIds } from "./classes.ts";
import type { NamedMetric } from "./metric.ts";

/**
 * Part of the positions whose likeliest class is the true one, 0..1. Targets are class ids, or one-hot. Of one output each it is
 * that on the right side of 0.5, as in Keras.
 */
export const accuracy: NamedMetric = {
  better: "higher",
  compute(tf, yTrue, yPred) {
    if (yPred.shape.at(-1) === 1) return binaryAccuracy.compute(tf, tf.reshape(yTrue, yPred.shape), yPred);
    return tf.equal(tf.argMax(yPred, -1), tf.cast(classIds(tf, yTrue, yPred), "int32"));
  },
};
