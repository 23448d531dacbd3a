/**
 * How sacreBLEU cuts texts into words before it counts.
 * Source: sacrebleu/tokenizers (13a is that of NIST's mteval-v13a.pl).
 */
import { splitWords, trimEnd } from "./whitespace.ts";

export type MtTokenizer = "13a" | "none" | "char";

const ENTITIES = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
] as const;

const SEPARATED = [
  // Punctuation but for apostrophe, comma, hyphen and period.
  [/([{-~[-` -&(-+:-@/])/gu, " $1 "],
  // Period and comma, unless a digit stands before them; unless one stands behind them.
  [/([^0-9])([.,])/gu, "$1 $2 "],
  [/([.,])([^0-9])/gu, " $1 $2"],
  // A hyphen behind a digit.
  [/([0-9])(-)/gu, "$1 $2 "],
] as const;

const TOKENIZERS: Readonly<Record<MtTokenizer, (line: string) => string[]>> = {
  "13a": (line) => {
    const joined = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
    const plain = ENTITIES.reduce((text, [entity, character]) => text.replaceAll(entity, character), joined);
    return splitWords(SEPARATED.reduce((text, [pattern, spaced]) => text.replace(pattern, spaced), ` ${plain} `));
  },
  none: splitWords,
  char: characters,
};

/** @returns what the tokenizer takes for words, as BLEU counts them */
export function mtTokenize(line: string, tokenizer: MtTokenizer): string[] {
  return TOKENIZERS[tokenizer](trimEnd(line));
}

/** Unicode's code points, without whitespace. */
export function characters(line: string): string[] {
  return splitWords(line).flatMap((word) => [...word]);
}
