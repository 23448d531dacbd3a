import type { NamedMetric } from "./metric.ts";

export const meanAbsoluteError: NamedMetric = {
  better: "lower",
  compute: (tf, yTrue, yPred) => tf.abs(tf.sub(yPred, tf.cast(yTrue, "float32"))),
};
