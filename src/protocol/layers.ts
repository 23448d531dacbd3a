/** Figures of layers that several readers of a run's events need. */
import type { LayerSummary } from "./run.ts";

/** `layers` with what an `epoch` event says of them, entry by entry. */
export function withRemaining(
  layers: readonly LayerSummary[],
  remaining: readonly number[],
  unitsAlive: readonly (number | null)[],
): readonly LayerSummary[] {
  return layers.map((layer, index) => {
    const left = remaining[index] ?? layer.remaining;
    const sparsity = layer.total === 0 ? 0 : 1 - left / layer.total;
    const alive = unitsAlive[index] ?? layer.unitsAlive;
    return { ...layer, remaining: left, sparsity, ...(alive === undefined ? {} : { unitsAlive: alive }) };
  });
}
