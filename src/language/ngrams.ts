/** n-grams that a hypothesis and its reference have in common. */

export interface NgramMatches {
  /** Of each order, 1 … highest: n-grams of the hypothesis, and of the reference. */
  readonly hypothesis: number[];
  readonly reference: number[];
  /** Those in both; one that stands in them several times as often as in the one that has it less often. */
  readonly matches: number[];
}

/** In a time that grows with the length of the two only. */
export function matchNgrams(
  hypothesis: readonly string[],
  reference: readonly string[],
  highestOrder: number,
): NgramMatches {
  const symbols = new Map<string, number>();
  const wanted = reference.map((symbol) => numberOf(symbols, symbol));
  const given = hypothesis.map((symbol) => symbols.get(symbol) ?? UNKNOWN);
  const orders = Array.from({ length: highestOrder }, (_, index) => index + 1);
  // What begins at each place: of the order 0, the same everywhere.
  let starts = { wanted: wanted.map(() => 0), given: given.map(() => 0) };
  const matches = orders.map((order) => {
    const ngrams = new Map<number, number>();
    const left: number[] = [];
    // An n-gram is the number of the (n − 1)-gram it begins with, and its last symbol: of both in one, below 2^53.
    const key = (start: number, last: number) => start * symbols.size + last;
    const wantedHere = wanted.slice(order - 1).map((last, at) => {
      const ngram = numberOf(ngrams, key(starts.wanted[at] ?? 0, last));
      left[ngram] = (left[ngram] ?? 0) + 1;
      return ngram;
    });
    let found = 0;
    const givenHere = given.slice(order - 1).map((last, at) => {
      const start = starts.given[at] ?? 0;
      const ngram = start === UNKNOWN || last === UNKNOWN ? UNKNOWN : (ngrams.get(key(start, last)) ?? UNKNOWN);
      const available = left[ngram] ?? 0;
      if (available > 0) {
        left[ngram] = available - 1;
        found++;
      }
      return ngram;
    });
    starts = { wanted: wantedHere, given: givenHere };
    return found;
  });
  const counts = (length: number) => orders.map((order) => Math.max(0, length - order + 1));
  return { hypothesis: counts(given.length), reference: counts(wanted.length), matches };
}

/** @param cut a line's words, or characters @returns of each line */
export function matchLines(
  hypotheses: readonly string[],
  references: readonly string[],
  highestOrder: number,
  cut: (line: string) => readonly string[],
): NgramMatches[] {
  if (hypotheses.length !== references.length) {
    throw new Error(`${hypotheses.length} hypotheses and ${references.length} references`);
  }
  return hypotheses.map((line, at) => matchNgrams(cut(line), cut(references[at] ?? ""), highestOrder));
}

/** Over all lines, of each order. */
export function sumOrders(
  lines: readonly NgramMatches[],
  highestOrder: number,
  countsOf: (line: NgramMatches) => readonly number[],
): number[] {
  const sums = new Array<number>(highestOrder).fill(0);
  for (const line of lines) {
    for (const [index, count] of countsOf(line).entries()) {
      sums[index] = (sums[index] ?? 0) + count;
    }
  }
  return sums;
}

/** The number of what the reference does not have. */
const UNKNOWN = -1;

function numberOf<Key>(numbers: Map<Key, number>, key: Key): number {
  const known = numbers.get(key);
  if (known !== undefined) {
    return known;
  }
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
