import type { NamedMetric } from "./metric.ts";

/** Part of the positions whose likeliest class is the true one, 0..1. Targets are class ids, or one-hot. */
export const accuracy: NamedMetric = {
  better: "higher",
  compute(tf, yTrue, yPred) {
    const ids = yTrue.rank === yPred.rank ? tf.argMax(yTrue, -1) : yTrue;
    return tf.equal(tf.argMax(yPred, -1), tf.cast(ids, "int32"));
  },
};
