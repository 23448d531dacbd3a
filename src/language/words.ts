/** Texts as both ends see them before they look anything up: the same words as Rust's, and so Python's, tokenizers see. */

const SPACE = /\p{White_Space}+/u;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Not `\s`, which has U+FEFF and lacks U+0085. */
export const wordsOf = (text: string): string[] => text.split(SPACE).filter((word) => word !== "");

/** What no file in UTF-8 can hold becomes U+FFFD; letters become small one by one, so that Σ is σ at the end of a word too. */
export function normalize(text: string, isLowerCase: boolean): string {
  const whole = text.replace(LONE_SURROGATE, "\uFFFD");
  return isLowerCase ? whole.replaceAll("Σ", "σ").toLowerCase() : whole;
}

/** @returns what is in `texts` by how often it is, most frequent first, ties in the order of code units */
export function countParts(texts: Iterable<string>, partsOf: (text: string) => Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const part of partsOf(text)) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return byFrequency(counts);
}

export const byFrequency = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a, often], [b, other]) => other - often || (a < b ? -1 : 1));
