/** What two models write for the same texts, the dense one and the pruned. */
import type { AnyDataSet } from "../data/types.ts";
import { SPECIAL } from "../language/tokenizer.ts";
import { TEXT_METRICS } from "../models/textMetrics.ts";
import { PREDICTIONS_FORMAT, type TextPredictions } from "../protocol/predictions.ts";
import type { TestTexts } from "../runs/record/testTexts.ts";
import type { Judgement } from "./judgement.ts";
import { asTexts } from "./writing.ts";

/** More nobody reads. */
const SHOWN = 100;

/** As a tensor of a checkpoint: the ids of all texts, an end behind each. */
export function packTexts(written: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(written.flatMap((ids) => [...ids, SPECIAL.end]));
}

export function unpackTexts(packed: Float32Array): number[][] {
  const written: number[][] = [];
  let from = 0;
  for (let at = packed.indexOf(SPECIAL.end); at >= 0; at = packed.indexOf(SPECIAL.end, from)) {
    written.push(Array.from(packed.subarray(from, at)));
    from = at + 1;
  }
  return written;
}

/** Those that pruning has changed come first. */
export function compareTexts(data: AnyDataSet, dense: Judgement, pruned: Judgement): TextPredictions {
  const [before, after] = [dense, pruned].map(({ predicted }) =>
    asTexts(data, data.validation, unpackTexts(predicted)),
  );
  if (before === undefined || after === undefined) throw new Error("two models are compared");
  const { name, ofTexts } = TEXT_METRICS.bleu;
  const [denseScore, prunedScore] = [before, after].map(({ hypotheses, references }) =>
    ofTexts(hypotheses, references),
  );
  const examples = before.hypotheses.map((text, at) => ({
    source: data.texts?.pairs?.validation[at]?.source ?? "",
    reference: before.references[at] ?? "",
    dense: text,
    pruned: after.hypotheses[at] ?? "",
  }));
  const isChanged = (one: (typeof examples)[number]): boolean => one.dense !== one.pruned;
  const sorted = [...examples.filter(isChanged), ...examples.filter((one) => !isChanged(one))];
  return {
    ...{ format: PREDICTIONS_FORMAT, of: "texts" as const, count: examples.length },
    metric: {
      name,
      signature: denseScore?.signature ?? "",
      dense: denseScore?.score ?? 0,
      pruned: prunedScore?.score ?? 0,
    },
    examples: sorted.slice(0, SHOWN),
  };
}

/** Undefined where they write none. */
export function testTextsOf(data: AnyDataSet, dense: Judgement, pruned: Judgement): TestTexts | undefined {
  if (data.texts?.pairs === undefined) return undefined;
  const [before, after] = [dense, pruned].map(({ scores }) => asTexts(data, data.test, unpackTexts(scores)));
  return {
    source: data.texts.pairs.test.map(({ source }) => source),
    reference: before?.references ?? [],
    dense: before?.hypotheses ?? [],
    pruned: after?.hypotheses ?? [],
  };
}
