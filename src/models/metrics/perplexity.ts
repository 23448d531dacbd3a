import type { NamedMetric } from "./metric.ts";

/** Probabilities closer to 0 than this count as this. */
const CLIP = 1e-7;

/** exp of the mean cross-entropy over all positions. Outputs are probabilities; targets are class ids, or one-hot. */
export const perplexity: NamedMetric = {
  better: "lower",
  compute(tf, yTrue, yPred) {
    const ids = yTrue.rank === yPred.rank ? tf.argMax(yTrue, -1) : yTrue;
    const chosen = tf.cast(tf.oneHot(tf.cast(ids, "int32"), yPred.shape.at(-1) ?? 1), "float32");
    return tf.neg(tf.log(tf.clipByValue(tf.sum(tf.mul(yPred, chosen), -1), CLIP, 1)));
  },
  finish: Math.exp,
};
