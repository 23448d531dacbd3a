/** Masks and thresholds on plain arrays. A mask has the weights' size, 1 keeps and 0 prunes. */
import type { LayerSummary } from "../protocol/run.ts";
import type { PruningSettings } from "../protocol/settings.ts";
import type { Units, WeightRole } from "../protocol/units.ts";
import { selectRank } from "./select.ts";

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

/** @param tensors that feed the same units, each in its own order */
export function countAliveUnits(tensors: readonly { readonly mask: Float32Array; readonly units: Units }[]): number {
  const alive = new Uint8Array(tensors[0]?.units.count ?? 0);
  for (const { mask, units } of tensors) {
    for (let at = 0; at < mask.length; ) {
      for (let unit = 0; unit < units.count; unit++) {
        for (const end = at + units.stride; at < end; at++) if (mask[at] !== 0) alive[unit] = 1;
      }
    }
  }
  return alive.reduce((sum, one) => sum + one, 0);
}

export interface MaskedTensor extends Pick<MaskedWeights, "name" | "shape" | "mask"> {
  /** Nothing for tensors that feed no units, or of which that is not known. */
  readonly role?: WeightRole | undefined;
}

/** @param tensors all of the model, since some feed units together */
export function summarizeLayers(tensors: readonly MaskedTensor[]): LayerSummary[] {
  const groups = new Map<string, { readonly mask: Float32Array; readonly units: Units }[]>();
  for (const { mask, role } of tensors) {
    if (role !== undefined) groups.set(role.group, [...(groups.get(role.group) ?? []), { mask, units: role.units }]);
  }
  const unitsAlive = new Map([...groups].map(([group, members]) => [group, countAliveUnits(members)]));
  return tensors.map(({ name, shape, mask, role }) => {
    const total = mask.length;
    const remaining = countRemaining(mask);
    return {
      name,
      shape: [...shape],
      total,
      remaining,
      sparsity: 1 - remaining / total,
      ...(role === undefined ? {} : { units: role.units, unitsAlive: unitsAlive.get(role.group) ?? 0 }),
      ...(role?.carriesInput ? { carriesInput: true as const } : {}),
    };
  });
}

/** Zero weights / all weights of the given layers, 0..1. */
export function sparsityOf(layers: readonly Pick<LayerSummary, "total" | "remaining">[]): number {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const remaining = layers.reduce((sum, layer) => sum + layer.remaining, 0);
  return total === 0 ? 0 : 1 - remaining / total;
}

/** What the masks of any pruning can be made from. */
export interface Ranking {
  /** Of every weight, in the order of the layers; what is pruned has none. Float32, as they are compared. */
  readonly scores: readonly Float32Array[];
  /** How many weights are left. */
  readonly remaining: number;
}

/**
 * What the threshold is compared with, of every weight.
 * @param importance by the pruning criterion, in the order of the layers; ≥ 0
 */
export function scoreWeights(
  layers: readonly MaskedWeights[],
  importance: readonly Float32Array[],
  kind: PruningSettings["threshold"],
): Float32Array[] {
  return layers.map((layer, index) => {
    const values = importance[index] ?? new Float32Array(layer.mask.length);
    const unit = kind === "global" ? 1 : rootMeanSquare(values, layer.mask);
    return values.map((value) => value / unit);
  });
}

/** @param importance as for `scoreWeights` */
export function rankWeights(
  layers: readonly MaskedWeights[],
  importance: readonly Float32Array[],
  kind: PruningSettings["threshold"],
): Ranking {
  const remaining = layers.reduce((sum, { mask }) => sum + countRemaining(mask), 0);
  return { scores: scoreWeights(layers, importance, kind), remaining };
}

/** Of the surviving weights, in whose unit `layer` thresholds are. */
function rootMeanSquare(values: Float32Array, mask: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) if (mask[i] !== 0) sum += (values[i] ?? 0) ** 2;
  const mean = sum / Math.max(1, countRemaining(mask));
  return mean > 0 ? Math.sqrt(mean) : 1;
}

export interface Pruning {
  /** The smallest score that survives. */
  readonly threshold: number;
  /** One per layer; 1 keeps, 0 prunes. Those that came in are left as they are. */
  readonly masks: readonly Float32Array[];
}

/**
 * Prunes the `fraction` of the surviving weights that has the smallest scores, rounded to whole weights as
 * `torch.nn.utils.prune` does; at least one weight is left. Among equal scores the first ones go, since an L1 term makes
 * many that are 0.
 */
export function pruneLowest(
  layers: readonly Pick<MaskedWeights, "mask">[],
  ranking: Ranking,
  fraction: number,
): Pruning {
  const { scores, remaining } = ranking;
  const count = Math.max(0, Math.min(remaining - 1, Math.round(fraction * remaining)));
  const tensors = layers.map(({ mask }, index) => ({ mask, scores: scores[index] ?? new Float32Array(mask.length) }));
  const { value: threshold, below } = remaining === 0 ? { value: 0, below: 0 } : selectRank(tensors, count);
  let ties = count - below;
  const masks = layers.map(({ mask }, index) =>
    mask.map((keep, i) => {
      const score = scores[index]?.[i] ?? 0;
      if (keep === 0 || score < threshold) return 0;
      return score === threshold && ties-- > 0 ? 0 : 1;
    }),
  );
  return { threshold, masks };
}
