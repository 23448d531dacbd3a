/** Comparing scores: which is better, and whether one keeps what the user asked to keep. */
import { metricScale } from "../protocol/figures.ts";
import type { Score, TrialScore } from "../protocol/run.ts";
import type { PruningSettings } from "../protocol/settings.ts";

/** The first metric, the one that bounds speak of. */
export interface MetricKind {
  readonly name: string;
  readonly better: "higher" | "lower";
}

/** Whether the metric was taken. */
export function isTaken(score: TrialScore): score is Score {
  return score.metric !== null;
}

/** By how much `value` is worse than `than`; negative where it is better. */
function worseBy(kind: MetricKind, value: number, than: number): number {
  return kind.better === "higher" ? than - value : value - than;
}

/** Better metric, or the same metric with a smaller loss. */
export function isBetter(kind: MetricKind, score: Score, than: Score): boolean {
  const worse = worseBy(kind, score.metric, than.metric);
  return worse < 0 || (worse === 0 && score.loss < than.loss);
}

/**
 * Whether `score` is within the bound against the dense `reference`. A NaN is never within it. The comparison allows for
 * rounding (1e-9), as a drop of exactly `maxDrop` points is within it.
 */
export function isWithinBound(
  kind: MetricKind,
  bound: PruningSettings["bound"],
  score: Score,
  reference: Score,
): boolean {
  const { maxDrop, min, max } = bound;
  const { point } = metricScale(kind.name);
  return (
    Number.isFinite(score.loss) &&
    (maxDrop === undefined || worseBy(kind, score.metric, reference.metric) <= maxDrop * point + 1e-9) &&
    (min === undefined || score.metric >= min) &&
    (max === undefined || score.metric <= max)
  );
}
