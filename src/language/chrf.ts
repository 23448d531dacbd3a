/**
 * chrF of a corpus, equal to sacreBLEU's: the F-score, in which recall counts twice as much as precision, of the means of both over
 * n-grams of 1 to 6 characters, without whitespace.
 * Source: Popović 2015 (https://aclanthology.org/W15-3049); sacrebleu/metrics/chrf.py.
 */
import { characters } from "./mtTokenize.ts";
import { matchLines, sumOrders } from "./ngrams.ts";
import { signatureOf } from "./signature.ts";

const HIGHEST_ORDER = 6;
const BETA = 2;

export interface ChrfOptions {
  /** Whether upper and lower case count as the same. Default: no. */
  readonly lowerCase?: boolean;
}

export interface ChrfScore {
  /** 0 … 100 */
  readonly score: number;
  /** What it depends on, as sacreBLEU states it. */
  readonly signature: string;
}

/** @param references one for each hypothesis */
export function chrf(
  hypotheses: readonly string[],
  references: readonly string[],
  { lowerCase = false }: ChrfOptions = {},
): ChrfScore {
  const cut = (line: string) => characters(lowerCase ? line.toLowerCase() : line);
  const lines = matchLines(hypotheses, references, HIGHEST_ORDER, cut);
  const matches = sumOrders(lines, HIGHEST_ORDER, (line) => line.matches);
  const wanted = sumOrders(lines, HIGHEST_ORDER, (line) => line.reference);
  // What is written counts only where the reference is long enough to have n-grams of the order.
  const given = sumOrders(lines, HIGHEST_ORDER, ({ hypothesis, reference }) =>
    hypothesis.map((count, index) => (reference[index] === 0 ? 0 : count)),
  );
  const orders = matches.flatMap((count, index) => {
    const [ofHypotheses = 0, ofReferences = 0] = [given[index], wanted[index]];
    return ofHypotheses > 0 && ofReferences > 0
      ? [{ precision: count / ofHypotheses, recall: count / ofReferences }]
      : [];
  });
  return {
    score: 100 * fScore(mean(orders.map(({ precision }) => precision)), mean(orders.map(({ recall }) => recall))),
    signature: signatureOf({ case: lowerCase ? "lc" : "mixed", eff: "yes", nc: HIGHEST_ORDER, nw: 0, space: "no" }),
  };
}

function fScore(precision: number, recall: number): number {
  return precision + recall > 0 ? ((1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall) : 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
