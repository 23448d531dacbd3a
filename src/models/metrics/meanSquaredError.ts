import type { NamedMetric } from "./metric.ts";

export const meanSquaredError: NamedMetric = {
  better: "lower",
  compute: (tf, yTrue, yPred) => tf.square(tf.sub(yPred, tf.cast(yTrue, "float32"))),
};
