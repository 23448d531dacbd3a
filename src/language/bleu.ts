/**
 * BLEU of a corpus, equal to sacreBLEU's: the geometric mean of the precisions of 1- to 4-grams, less where the hypotheses are
 * shorter than their references. An order without a match counts as 1/2, 1/4, … of one (smoothing `exp`).
 * Source: Papineni et al. 2002; Post 2018 (https://aclanthology.org/W18-6319); sacrebleu/metrics/bleu.py.
 */
import { type MtTokenizer, mtTokenize } from "./mtTokenize.ts";
import { matchLines, sumOrders } from "./ngrams.ts";
import { signatureOf } from "./signature.ts";

const HIGHEST_ORDER = 4;

export interface BleuOptions {
  /** Default: `13a`. */
  readonly tokenize?: MtTokenizer;
  /** Whether upper and lower case count as the same. Default: no. */
  readonly lowerCase?: boolean;
}

export interface BleuScore {
  /** 0 … 100 */
  readonly score: number;
  /** What it depends on, as sacreBLEU states it. */
  readonly signature: string;
  /** Of the orders 1 … 4: matches, n-grams of the hypotheses, and their quotient, smoothed, 0 … 100. */
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly precisions: readonly number[];
  /** 0 … 1 */
  readonly brevityPenalty: number;
  /** Words of all hypotheses, and of all references. */
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

/** @param references one for each hypothesis */
export function bleu(
  hypotheses: readonly string[],
  references: readonly string[],
  { tokenize = "13a", lowerCase = false }: BleuOptions = {},
): BleuScore {
  const cut = (line: string) => mtTokenize(lowerCase ? line.toLowerCase() : line, tokenize);
  const lines = matchLines(hypotheses, references, HIGHEST_ORDER, cut);
  const counts = sumOrders(lines, HIGHEST_ORDER, (line) => line.matches);
  const totals = sumOrders(lines, HIGHEST_ORDER, (line) => line.hypothesis);
  const [hypothesisLength = 0] = totals;
  const [referenceLength = 0] = sumOrders(lines, HIGHEST_ORDER, (line) => line.reference);
  const brevityPenalty = hypothesisLength < referenceLength ? Math.exp(1 - referenceLength / hypothesisLength) : 1;
  const precisions = smoothedPrecisions(counts, totals);
  const meanLog = precisions.reduce((sum, precision) => sum + Math.log(precision), 0) / HIGHEST_ORDER;
  return {
    score: brevityPenalty * Math.exp(meanLog),
    signature: signatureOf({ case: lowerCase ? "lc" : "mixed", eff: "no", tok: tokenize, smooth: "exp" }),
    counts,
    totals,
    precisions,
    brevityPenalty,
    hypothesisLength,
    referenceLength,
  };
}

/** Where there are no matches at all, or no n-grams of an order, 0, and with it the score. */
function smoothedPrecisions(counts: readonly number[], totals: readonly number[]): number[] {
  const anyMatch = counts.some((count) => count > 0);
  let smoothing = 1;
  return counts.map((count, index) => {
    const total = totals[index] ?? 0;
    if (!anyMatch || total === 0) {
      return 0;
    }
    if (count === 0) {
      smoothing /= 2;
      return (100 * smoothing) / total;
    }
    return (100 * count) / total;
  });
}
