/**
 * Masks and magnitude thresholds on plain arrays. A mask has the weights' size, 1 keeps and 0 prunes; a weight tensor's
 * last axis counts its output units (columns of a dense kernel, filters of a convolution).
 */
import type { LayerSummary } from "../protocol/run.ts";
import type { PruningSettings } from "../protocol/settings.ts";

/** One prunable weight tensor as it stands. */
export interface MaskedWeights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly mask: Float32Array;
}

export function countRemaining(mask: Float32Array): number {
  let count = 0;
  for (const keep of mask) count += keep;
  return count;
}

export function countAliveUnits(mask: Float32Array, units: number): number {
  const alive = new Uint8Array(units);
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) alive[i % units] = 1;
  return alive.reduce((sum, one) => sum + one, 0);
}

export function summarizeLayer(layer: Pick<MaskedWeights, "name" | "shape" | "mask">): LayerSummary {
  const total = layer.mask.length;
  const remaining = countRemaining(layer.mask);
  const units = layer.shape.at(-1) ?? 1;
  return {
    name: layer.name,
    shape: [...layer.shape],
    total,
    remaining,
    sparsity: 1 - remaining / total,
    units,
    unitsAlive: countAliveUnits(layer.mask, units),
  };
}

/** Zero weights / all weights of the given layers, 0..1. */
export function sparsityOf(layers: readonly Pick<LayerSummary, "total" | "remaining">[]): number {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const remaining = layers.reduce((sum, layer) => sum + layer.remaining, 0);
  return total === 0 ? 0 : 1 - remaining / total;
}

/** Surviving weights ordered by score, from which a threshold for any fraction can be read. */
export interface Ranking {
  readonly scores: Float32Array;
  /** Per layer: score = |w| / unit. 1 for a global threshold; the root mean square of the survivors for `layer`. */
  readonly units: readonly number[];
}

export function rankWeights(layers: readonly MaskedWeights[], kind: PruningSettings["threshold"]): Ranking {
  const units = layers.map((layer) => (kind === "global" ? 1 : rootMeanSquare(layer)));
  const scores = new Float32Array(layers.reduce((sum, layer) => sum + countRemaining(layer.mask), 0));
  let at = 0;
  for (const [index, layer] of layers.entries()) {
    const unit = units[index] ?? 1;
    for (let i = 0; i < layer.mask.length; i++) {
      if (layer.mask[i] !== 0) scores[at++] = Math.abs(layer.values[i] ?? 0) / unit;
    }
  }
  return { scores: scores.sort(), units };
}

function rootMeanSquare(layer: MaskedWeights): number {
  let sum = 0;
  for (const value of layer.values) sum += value * value;
  const mean = sum / Math.max(1, countRemaining(layer.mask));
  return mean > 0 ? Math.sqrt(mean) : 1;
}

/** The threshold below which `fraction` of the surviving weights lie (fewer where scores are tied). */
export function thresholdFor(ranking: Ranking, fraction: number): number {
  const { scores } = ranking;
  const rank = Math.min(scores.length - 1, Math.floor(fraction * scores.length));
  return scores[rank] ?? 0;
}

/** Masks with every surviving weight of score < threshold pruned; input masks are left as they are. */
export function masksBelow(layers: readonly MaskedWeights[], ranking: Ranking, threshold: number): Float32Array[] {
  return layers.map((layer, index) => {
    const unit = ranking.units[index] ?? 1;
    // Rounded as the ranking's scores are, so that both sides compare the same float32 numbers.
    return layer.mask.map((keep, i) =>
      keep !== 0 && Math.fround(Math.abs(layer.values[i] ?? 0) / unit) >= threshold ? 1 : 0,
    );
  });
}
