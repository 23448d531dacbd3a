import type { NamedMetric } from "./metric.ts";

/** Part of the outputs on the right side of 0.5. */
export const binaryAccuracy: NamedMetric = {
  better: "higher",
  compute: (tf, yTrue, yPred) => tf.equal(tf.cast(tf.greater(yPred, 0.5), "float32"), tf.cast(yTrue, "float32")),
};
