import { outputOfTarget } from "./classes.ts";
import type { NamedMetric } from "./metric.ts";

/** Part of the positions whose true class is among the `most` likeliest, 0..1. Targets are class ids, or one-hot. */
export const topAccuracy = (most: number): NamedMetric => ({
  better: "higher",
  compute(tf, yTrue, yPred) {
    const own = outputOfTarget(tf, yTrue, yPred, true);
    const likelier = tf.sum(tf.cast(tf.greater(yPred, own), "float32"), -1);
    return tf.less(likelier, most);
  },
});
