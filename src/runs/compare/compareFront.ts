/**
 * The Pareto front of sparsity against a metric: what no other point beats. A point beats another one if it is at least as
 * sparse and its metric at least as good, and one of the two is better.
 */
import type { Better } from "../../protocol/comparison.ts";

export interface FrontPoint {
  readonly key: string;
  /** 0..1 */
  readonly sparsity: number;
  readonly metric: number;
}

/** @returns keys from the least to the sparsest point; points that are equal in both figures are all on the front */
export function findFront(points: readonly FrontPoint[], better: Better): string[] {
  const sign = better === "higher" ? 1 : -1;
  const usable = points.filter(({ sparsity, metric }) => Number.isFinite(sparsity) && Number.isFinite(metric));
  const byQuality = (a: FrontPoint, b: FrontPoint): number => b.sparsity - a.sparsity || sign * (b.metric - a.metric);
  const front: FrontPoint[] = [];
  // From the sparsest down: what comes later has to be better than all before it.
  for (const point of usable.toSorted(byQuality)) {
    const best = front.at(-1);
    const isBetter = best === undefined || sign * (point.metric - best.metric) > 0;
    const isSame = best !== undefined && point.sparsity === best.sparsity && point.metric === best.metric;
    if (isBetter || isSame) {
      front.push(point);
    }
  }
  return front.reverse().map((point) => point.key);
}

const HIGHER: ReadonlySet<string> = new Set(["accuracy", "binaryAccuracy"]);
const LOWER: ReadonlySet<string> = new Set(["meanSquaredError", "meanAbsoluteError"]);

/** For runs whose log does not say which way their metric goes. @param bound what the user asked to keep, if known */
export function guessBetter(metric: string, bound: { readonly max?: number | undefined } = {}): Better {
  if (HIGHER.has(metric)) {
    return "higher";
  }
  return LOWER.has(metric) || bound.max !== undefined ? "lower" : "higher";
}
