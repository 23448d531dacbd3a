/** Which pairs byte-pair encoding joins: again and again the most frequent one of the training words. */
import { charactersOf, pairOf } from "./bytePairs.ts";
import { Heap } from "./heap.ts";
import { SPECIAL_NAMES, WORD_END } from "./tokenizerFile.ts";
import { byFrequency } from "./words.ts";

/** A pair that is found once says nothing of others. */
const LEAST_COUNT = 2;

/** Characters. A longer one, e.g. a picture as text, takes its length anew for each merge; only its characters count. */
const LONGEST_WORD = 1000;

interface Pair {
  readonly left: number;
  readonly right: number;
}

/**
 * @param words each once, with how often it is there
 * @param most tokens
 * @returns tokens by id, special ones first, then each character within and at the end of a word, then what is joined
 */
export function trainBytePairs(
  words: readonly (readonly [string, number])[],
  most: number,
): { readonly tokens: string[]; readonly merges: [string, string][] } {
  const tokens = [...SPECIAL_NAMES, ...alphabetOf(words, most - SPECIAL_NAMES.length)];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const short = words.filter(([word]) => word.length <= LONGEST_WORD);
  const pairs = new PairCounts(short.map(([word, count]) => ({ parts: charactersOf(word, ids), count })));
  while (tokens.length < most) {
    const best = pairs.takeBest();
    if (best === undefined) break;
    const [left, right] = [tokens[best.left] ?? "", tokens[best.right] ?? ""];
    const joined = left + right;
    // Would be taken for a special token, or for the end of a word.
    if (SPECIAL_NAMES.includes(joined) || (joined.endsWith(WORD_END) && !right.endsWith(WORD_END))) continue;
    const known = ids.get(joined);
    const id = known ?? tokens.push(joined) - 1;
    ids.set(joined, id);
    merges.push([left, right]);
    pairs.join(best, id);
  }
  return { tokens, merges };
}

/** Both forms of each character, the most frequent ones first, as long as both fit. */
function alphabetOf(words: readonly (readonly [string, number])[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  }
  return byFrequency(counts)
    .slice(0, Math.floor(most / 2))
    .flatMap(([character]) => [character, character + WORD_END]);
}

interface Word {
  /** Ids, −1 for what is not known. */
  parts: Int32Array;
  readonly count: number;
}

/** How often each pair is there, kept up to date while pairs are joined. */
class PairCounts {
  private readonly counts = new Map<number, number>();
  /** Words that have, or had, the pair. */
  private readonly places = new Map<number, Set<Word>>();
  /** Counts here may be higher than they are by now. */
  private readonly queue = new Heap<Pair & { readonly count: number }>(
    (a, b) =>
      a.count > b.count || (a.count === b.count && (a.left < b.left || (a.left === b.left && a.right < b.right))),
  );

  constructor(words: readonly Word[]) {
    const found = new Map<number, Pair>();
    for (const word of words) {
      this.add(word, 1);
      this.place(word, () => true, found);
    }
    this.offer(found);
  }

  /** The most frequent pair, of equals the one of the earliest tokens; it is not given again unless it comes up anew. */
  takeBest(): Pair | undefined {
    for (let best = this.queue.pop(); best !== undefined; best = this.queue.pop()) {
      const count = this.counts.get(pairOf(best.left, best.right)) ?? 0;
      if (count < LEAST_COUNT) continue;
      if (count === best.count) return best;
      this.queue.push({ ...best, count });
    }
    return undefined;
  }

  /** Makes `id` of the pair wherever it is. */
  join({ left, right }: Pair, id: number): void {
    const changed = new Map<number, Pair>();
    for (const word of this.places.get(pairOf(left, right)) ?? []) {
      this.add(word, -1);
      const { parts } = word;
      let end = 0;
      for (let at = 0; at < parts.length; at++) {
        const isPair = parts[at] === left && parts[at + 1] === right;
        parts[end++] = isPair ? id : (parts[at] ?? -1);
        if (isPair) at += 1;
      }
      word.parts = parts.subarray(0, end);
      this.add(word, 1);
      // Of all other pairs there are not more than before.
      this.place(word, (pair) => pair.left === id || pair.right === id, changed);
    }
    this.places.delete(pairOf(left, right));
    this.offer(changed);
  }

  private add({ parts, count }: Word, sign: 1 | -1): void {
    for (let at = 0; at + 1 < parts.length; at++) {
      const key = keyAt(parts, at);
      if (key !== undefined) this.counts.set(key, (this.counts.get(key) ?? 0) + sign * count);
    }
  }

  /** Remembers where these pairs are, and puts them into `found`. */
  private place(word: Word, isWanted: (pair: Pair) => boolean, found: Map<number, Pair>): void {
    const { parts } = word;
    for (let at = 0; at + 1 < parts.length; at++) {
      const pair = { left: parts[at] ?? -1, right: parts[at + 1] ?? -1 };
      const key = keyAt(parts, at);
      if (key === undefined || !isWanted(pair)) continue;
      found.set(key, pair);
      const places = this.places.get(key);
      if (places === undefined) this.places.set(key, new Set([word]));
      else places.add(word);
    }
  }

  private offer(pairs: ReadonlyMap<number, Pair>): void {
    for (const [key, pair] of pairs) this.queue.push({ ...pair, count: this.counts.get(key) ?? 0 });
  }
}

/** Of the pair that begins here, where both are known. */
function keyAt(parts: Int32Array, at: number): number | undefined {
  const [left, right] = [parts[at] ?? -1, parts[at + 1] ?? -1];
  return left < 0 || right < 0 ? undefined : pairOf(left, right);
}
