/** The metrics of a run: those that have names (metrics/), and the user's own. */
import type { TF } from "../engine/types.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Metric } from "./experiment.ts";
import { METRICS } from "./metrics/index.ts";
import { namesTextMetric, TEXT_METRICS, type TextMetric } from "./textMetrics.ts";

/**
 * @param names the setting `metrics`
 * @param custom the experiment's own ones: one for each `custom` in `names`, in order
 */
export function createMetrics(
  tf: TF,
  names: Settings["metrics"],
  custom: readonly Metric[] = [],
): readonly (Metric | TextMetric)[] {
  const own = [...custom];
  return names.map((name) => {
    if (namesTextMetric(name)) return TEXT_METRICS[name];
    if (name !== "custom") {
      const { compute, ...metric } = METRICS[name];
      return { name, ...metric, compute: (yTrue, yPred) => compute(tf, yTrue, yPred) };
    }
    const metric = own.shift();
    if (metric) return metric;
    throw usageError(`Setting metrics has "custom" without a metric.`, "Give the metric in the experiment.");
  });
}
