/**
 * Byte-pair encoding: words become parts by pairs of parts that are joined again and again (Sennrich et al., arXiv 1508.07909).
 * Parts at the end of a word end with `WORD_END`, and no others do.
 */
import { Heap } from "./heap.ts";
import { WORD_END } from "./tokenizerFile.ts";

/** Most tokens of a vocabulary: pairs of ids are numbers. */
const MOST_IDS = 2 ** 21;
/** One number for two ids, to be looked up by. */
export const pairOf = (left: number, right: number): number => left * MOST_IDS + right;

/** A word's characters as ids, −1 for what is not known. */
export function charactersOf(word: string, ids: ReadonlyMap<string, number>): Int32Array {
  const characters = Array.from(word);
  const last = characters.length - 1;
  return Int32Array.from(characters, (each, at) => ids.get(at === last ? each + WORD_END : each) ?? -1);
}

/** What is joined, the earliest first. */
export interface Merges {
  /** By `pairOf`. */
  readonly ranks: ReadonlyMap<number, number>;
  /** By rank, which token it becomes. */
  readonly results: readonly number[];
}

/** Longer than any word, and as a power of 2 small enough for ranks times it to be exact. */
const MOST_PARTS = 2 ** 30;

/**
 * Joins in place whatever can be joined: the earliest merge first, of the same one the leftmost. That is what Hugging Face's
 * tokenizers do, in which pairs count as the same that become the same token.
 * @param parts ids of a word's characters
 * @returns how many parts are left, in front
 */
export function joinParts(parts: Int32Array, { ranks, results }: Merges): number {
  /** Rank and place in one number, since a text may be one word. */
  const queue = new Heap<number>((a, b) => a < b);
  const { length } = parts;
  /** Where the next part begins, and the one before; a part that has become another's end is −1. */
  const next = Int32Array.from(parts, (_, at) => at + 1);
  const before = Int32Array.from(parts, (_, at) => at - 1);
  const rankAt = (at: number): number | undefined => {
    const right = next[at] ?? length;
    return right >= length ? undefined : ranks.get(pairOf(parts[at] ?? 0, parts[right] ?? 0));
  };
  const offer = (at: number): void => {
    const rank = at < 0 ? undefined : rankAt(at);
    if (rank !== undefined) queue.push(rank * MOST_PARTS + at);
  };
  for (let at = 0; at + 1 < length; at++) offer(at);
  for (let first = queue.pop(); first !== undefined; first = queue.pop()) {
    const at = first % MOST_PARTS;
    const result = results[(first - at) / MOST_PARTS] ?? -1;
    const rank = parts[at] === -1 ? undefined : rankAt(at);
    if (rank === undefined || results[rank] !== result) continue;
    const right = next[at] ?? length;
    const after = next[right] ?? length;
    parts[at] = result;
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
