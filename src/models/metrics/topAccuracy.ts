import type { NamedMetric } from "./metric.ts";

/** Part of the positions whose true class is among the `most` likeliest, 0..1. Targets are class ids, or one-hot. */
export const topAccuracy = (most: number): NamedMetric => ({
  better: "higher",
  compute(tf, yTrue, yPred) {
    const ids = yTrue.rank === yPred.rank ? tf.argMax(yTrue, -1) : yTrue;
    const chosen = tf.cast(tf.oneHot(tf.cast(ids, "int32"), yPred.shape.at(-1) ?? 1), "float32");
    const own = tf.sum(tf.mul(yPred, chosen), -1, true);
    const likelier = tf.sum(tf.cast(tf.greater(yPred, own), "float32"), -1);
    return tf.less(likelier, most);
  },
});
