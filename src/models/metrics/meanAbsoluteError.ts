import { meanPerExample, type NamedMetric } from "./metric.ts";

export const meanAbsoluteError: NamedMetric = {
  better: "lower",
  compute: (tf, yTrue, yPred) => meanPerExample(tf, tf.abs(tf.sub(yPred, tf.cast(yTrue, "float32")))),
};
