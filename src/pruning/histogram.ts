/** How the surviving weights of a tensor are spread, and their irrelevance: counts in bins of equal width. */

const WEIGHT_BINS = 40;
const IRRELEVANCE_BINS = 20;

export interface WeightHistogram {
  /** The bins go from −limit to limit, the largest |w|. */
  readonly limit: number;
  readonly counts: number[];
}

export function countWeights(values: Float32Array, mask: Float32Array): WeightHistogram {
  let limit = 0;
  for (let i = 0; i < values.length; i++) if (mask[i] !== 0) limit = Math.max(limit, Math.abs(values[i] ?? 0));
  return { limit, counts: count(values, mask, WEIGHT_BINS, -limit, limit) };
}

/** @param values I of each weight, 0..1 */
export function countIrrelevance(values: Float32Array, mask: Float32Array): number[] {
  return count(values, mask, IRRELEVANCE_BINS, 0, 1);
}

function count(values: Float32Array, mask: Float32Array, bins: number, from: number, to: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const perUnit = to > from ? bins / (to - from) : 0;
  for (let i = 0; i < values.length; i++) {
    if (mask[i] === 0) continue;
    // The upper end belongs to the last bin.
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((values[i] ?? 0) - from) * perUnit)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
