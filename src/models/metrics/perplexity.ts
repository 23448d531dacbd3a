import { outputOfTarget } from "./classes.ts";
import type { NamedMetric } from "./metric.ts";

/** Probabilities closer to 0 than this count as this. */
const CLIP = 1e-7;

/** exp of the mean cross-entropy over all positions. Outputs are probabilities; targets are class ids, or one-hot. */
export const perplexity: NamedMetric = {
  better: "lower",
  compute(tf, yTrue, yPred) {
    return tf.neg(tf.log(tf.clipByValue(outputOfTarget(tf, yTrue, yPred), CLIP, 1)));
  },
  finish: Math.exp,
};
