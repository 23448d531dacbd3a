/** Two names behind a data set's `#`: `SRC-TGT`, `TEXT-LABEL`. */
export interface NamePair {
  readonly first: string;
  readonly second: string;
}

/** All that they may be, since names have dashes as well: of `pt-BR-en`, `pt` and `BR-en` first. */
export function namePairs(part: string): readonly NamePair[] {
  const words = part.split("-");
  return words
    .slice(1)
    .map((_, at) => ({ first: words.slice(0, at + 1).join("-"), second: words.slice(at + 1).join("-") }))
    .filter(({ first, second }) => first !== "" && second !== "");
}
