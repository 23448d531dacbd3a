/**
 * Byte-pair encoding: words become parts by pairs of parts that are joined again and again (Sennrich et al., arXiv 1508.07909).
 * Parts at the end of a word end with `WORD_END`, and no others do.
 */
import { Heap } from "./heap.ts";

/** Most tokens of a vocabulary: pairs of ids are numbers. */
const MOST_IDS = 2 ** 21;
/** One number for two ids, to be looked up by. */
export const pairOf = (left: number, right: number): number => left * MOST_IDS + right;

export interface Merge {
  /** The earliest one goes first. */
  readonly rank: number;
  readonly result: number;
}

/**
 * Joins in place whatever can be joined: the earliest merge first, of the same one the leftmost. That is what Hugging Face's
 * tokenizers do, in which pairs count as the same that become the same token.
 * @param parts ids of a word's characters
 * @param merges by `pairOf`
 * @returns how many parts are left, in front
 */
export function joinParts(parts: Int32Array, merges: ReadonlyMap<number, Merge>): number {
  const queue = new Heap<{ readonly merge: Merge; readonly at: number }>(
    (a, b) => a.merge.rank < b.merge.rank || (a.merge.rank === b.merge.rank && a.at < b.at),
  );
  const { length } = parts;
  /** Where the next part begins, and the one before; a part that has become another's end is −1. */
  const next = Int32Array.from(parts, (_, at) => at + 1);
  const before = Int32Array.from(parts, (_, at) => at - 1);
  const mergeAt = (at: number): Merge | undefined => {
    const right = next[at] ?? length;
    return right >= length ? undefined : merges.get(pairOf(parts[at] ?? 0, parts[right] ?? 0));
  };
  const offer = (at: number): void => {
    const merge = at < 0 ? undefined : mergeAt(at);
    if (merge !== undefined) queue.push({ merge, at });
  };
  for (let at = 0; at + 1 < length; at++) offer(at);
  for (let first = queue.pop(); first !== undefined; first = queue.pop()) {
    const { merge, at } = first;
    if (parts[at] === -1 || mergeAt(at)?.result !== merge.result) continue;
    const right = next[at] ?? length;
    const after = next[right] ?? length;
    parts[at] = merge.result;
    parts[right] = -1;
    next[at] = after;
    if (after < length) before[after] = at;
    offer(before[at] ?? -1);
    offer(at);
  }
  let left = 0;
  for (const part of parts) {
    if (part !== -1) parts[left++] = part;
  }
  return left;
}
