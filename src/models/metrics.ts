/** The metrics that have names. Each gives one value per example, so that means over uneven batches are right. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { usageError } from "../protocol/errors.ts";
import type { METRIC_NAMES, Settings } from "../protocol/settings.ts";
import type { Metric } from "./experiment.ts";

type MetricName = (typeof METRIC_NAMES)[number];

/** Mean over everything but the first axis: `[batch, …]` → `[batch]`. */
function meanPerExample(tf: TF, values: Tf.Tensor): Tf.Tensor {
  const batch = values.shape[0] ?? 1;
  return tf.mean(tf.reshape(tf.cast(values, "float32"), [batch, -1]), 1);
}

/** Part of the positions whose likeliest class is the true one, 0..1. Targets are class ids, or one-hot. */
function accuracy(tf: TF, yTrue: Tf.Tensor, yPred: Tf.Tensor): Tf.Tensor {
  const ids = yTrue.rank === yPred.rank ? tf.argMax(yTrue, -1) : yTrue;
  return meanPerExample(tf, tf.equal(tf.argMax(yPred, -1), tf.cast(ids, "int32")));
}

function createMetric(tf: TF, name: MetricName): Metric {
  switch (name) {
    case "accuracy":
      return { name, better: "higher", compute: (yTrue, yPred) => accuracy(tf, yTrue, yPred) };
    case "binaryAccuracy":
      return {
        name,
        better: "higher",
        compute: (yTrue, yPred) =>
          meanPerExample(tf, tf.equal(tf.cast(tf.greater(yPred, 0.5), "float32"), tf.cast(yTrue, "float32"))),
      };
    case "meanSquaredError":
      return {
        name,
        better: "lower",
        compute: (yTrue, yPred) => meanPerExample(tf, tf.square(tf.sub(yPred, tf.cast(yTrue, "float32")))),
      };
    case "meanAbsoluteError":
      return {
        name,
        better: "lower",
        compute: (yTrue, yPred) => meanPerExample(tf, tf.abs(tf.sub(yPred, tf.cast(yTrue, "float32")))),
      };
  }
}

/**
 * @param names the setting `metrics`
 * @param custom the experiment's own ones: one for each `custom` in `names`, in order
 */
export function createMetrics(tf: TF, names: Settings["metrics"], custom: readonly Metric[] = []): readonly Metric[] {
  const own = [...custom];
  return names.map((name) => {
    if (name !== "custom") return createMetric(tf, name);
    const metric = own.shift();
    if (metric) return metric;
    throw usageError(`Setting metrics has "custom" without a metric.`, "Give the metric in the experiment.");
  });
}
