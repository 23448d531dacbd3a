/**
 * Masks where weights go by groups (groupLayout.ts). The score of a group is the root mean square of its weights' scores, so
 * that groups of different sizes compare.
 */
import type { Groups } from "./groupLayout.ts";
import { countRemaining, type MaskedWeights, type Pruning } from "./masks.ts";

export interface GroupedMask extends Pick<MaskedWeights, "mask"> {
  readonly groups: Groups;
}

interface Group {
  readonly number: number;
  readonly score: number;
  /** Its surviving weights. */
  readonly size: number;
  /** Indices of the tensors that it is part of. */
  readonly layers: readonly number[];
}

/** Surviving groups by score, ascending; among equal ones the first comes first. */
export type GroupRanking = readonly Group[];

/** @param scores of every weight, in the order of the layers; see masks.ts */
export function rankGroups(layers: readonly GroupedMask[], scores: readonly Float32Array[]): GroupRanking {
  const count = layers.reduce((most, { groups }) => groups.reduce((a, b) => Math.max(a, b), most), -1) + 1;
  const squares = new Float64Array(count);
  const sizes = new Int32Array(count);
  const members = Array.from({ length: count }, (): number[] => []);
  for (const [index, { groups, mask }] of layers.entries()) {
    for (const [at, number] of groups.entries()) {
      if (number === -1 || mask[at] === 0) continue;
      squares[number] = (squares[number] ?? 0) + (scores[index]?.[at] ?? 0) ** 2;
      sizes[number] = (sizes[number] ?? 0) + 1;
      if (members[number]?.at(-1) !== index) members[number]?.push(index);
    }
  }
  return members
    .map((own, number): Group => {
      const size = sizes[number] ?? 0;
      return { number, size, score: Math.sqrt((squares[number] ?? 0) / size), layers: own };
    })
    .filter(({ size }) => size > 0)
    .sort((one, other) => one.score - other.score || one.number - other.number);
}

/**
 * Prunes the groups with the smallest scores, as few as have the `fraction` of the surviving weights. A group that is the last
 * of one of its tensors stays, whatever its score: without it the network would be cut.
 * @returns the score of the first group that the fraction does not take; of the last one where it takes all
 */
export function pruneLowestGroups(layers: readonly GroupedMask[], ranking: GroupRanking, fraction: number): Pruning {
  const goal = Math.round(fraction * layers.reduce((sum, { mask }) => sum + countRemaining(mask), 0));
  const left = layers.map((_, index) => ranking.filter((group) => group.layers.includes(index)).length);
  const gone = new Set<number>();
  let pruned = 0;
  let threshold = 0;
  for (const group of ranking) {
    threshold = group.score;
    if (pruned >= goal) break;
    if (group.layers.some((index) => left[index] === 1)) continue;
    for (const index of group.layers) left[index] = (left[index] ?? 0) - 1;
    gone.add(group.number);
    pruned += group.size;
  }
  const masks = layers.map(({ mask, groups }) => mask.map((keep, at) => (gone.has(groups[at] ?? -1) ? 0 : keep)));
  return { threshold, masks };
}
