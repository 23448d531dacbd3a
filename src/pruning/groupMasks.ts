/**
 * Masks where weights go by groups (groupLayout.ts). The score of a group is the root mean square of its weights' scores, so
 * that groups of different sizes compare.
 */
import type { Groups } from "./groupLayout.ts";
import { countRemaining, type MaskedWeights, type Pruning } from "./masks.ts";

export interface GroupedMask extends Pick<MaskedWeights, "mask"> {
  readonly groups: Groups;
  /** See `Parameter`: what is multiplied with a group that goes is gone as well, though no mask says so. */
  readonly reads?: Groups | undefined;
}

interface Group {
  readonly number: number;
  readonly score: number;
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
      return { number, score: Math.sqrt((squares[number] ?? 0) / (sizes[number] ?? 0)), layers: own };
    })
    .filter(({ number }) => sizes[number] !== 0)
    .sort((one, other) => one.score - other.score || one.number - other.number);
}

/**
 * Prunes the groups with the smallest scores, as few as have the `fraction` of the surviving weights. A group that is the last
 * of one of its tensors stays, whatever its score: without it the network would be cut.
 * @returns the score of the first group that the fraction does not take; of the last one where it takes all
 */
export function pruneLowestGroups(layers: readonly GroupedMask[], ranking: GroupRanking, fraction: number): Pruning {
  const total = layers.reduce((sum, { mask }) => sum + countRemaining(mask), 0);
  const goal = total - Math.round(fraction * total);
  const going = listGoing(layers, ranking);
  // Each further group takes something, so how many it needs is found by halves.
  let [fewest, most] = [0, going.length];
  while (fewest < most) {
    const half = Math.floor((fewest + most) / 2);
    if (countWithout(layers, going.slice(0, half)) <= goal) most = half;
    else fewest = half + 1;
  }
  const taken = going.slice(0, fewest);
  const last = taken.at(-1);
  const next = ranking[last === undefined ? 0 : ranking.indexOf(last) + 1] ?? ranking.at(-1);
  const gone = flagsOf(taken);
  const masks = layers.map(({ mask, groups }) => mask.map((keep, at) => (gone[groups[at] ?? -1] === 1 ? 0 : keep)));
  return { threshold: next?.score ?? 0, masks };
}

/** Those that may go, the first one first. */
function listGoing(layers: readonly GroupedMask[], ranking: GroupRanking): GroupRanking {
  const left = layers.map((_, index) => ranking.filter((group) => group.layers.includes(index)).length);
  return ranking.filter((group) => {
    if (group.layers.some((index) => left[index] === 1)) return false;
    for (const index of group.layers) left[index] = (left[index] ?? 0) - 1;
    return true;
  });
}

/** 1 at the numbers of these groups. */
function flagsOf(groups: GroupRanking): Uint8Array {
  const flags = new Uint8Array(groups.reduce((most, { number }) => Math.max(most, number), -1) + 1);
  for (const { number } of groups) flags[number] = 1;
  return flags;
}

/** Surviving weights, but for those of these groups and what is multiplied with them. */
function countWithout(layers: readonly GroupedMask[], groups: GroupRanking): number {
  const gone = flagsOf(groups);
  let count = 0;
  for (const { mask, groups: own, reads } of layers) {
    for (let at = 0; at < mask.length; at += 1) {
      if (mask[at] !== 0 && gone[own[at] ?? -1] !== 1 && gone[reads?.[at] ?? -1] !== 1) count += 1;
    }
  }
  return count;
}
