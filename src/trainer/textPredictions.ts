/** What two models write for the same texts, the dense one and the pruned. */
import type { AnyDataSet } from "../data/types.ts";
import { SPECIAL } from "../language/tokenizer.ts";
import { TEXT_METRICS } from "../models/textMetrics.ts";
import { PREDICTIONS_FORMAT, type TextPredictions } from "../protocol/predictions.ts";
import type { MaskedWeights } from "../pruning/masks.ts";
import type { TestTexts } from "../runs/record/testTexts.ts";
import { partsOf } from "./continuing.ts";
import type { Judgement } from "./judgement.ts";
import { asTexts } from "./writing.ts";

/** More nobody reads. */
const SHOWN = 100;
const SHOWN_TOKENS = 1000;

type Table = Pick<MaskedWeights, "shape" | "mask">;

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

/**
 * Those that pruning has changed come first.
 * @param tables masks of embeddings, `[rows, width]`
 */
export function compareTexts(
  data: AnyDataSet,
  dense: Judgement,
  pruned: Judgement,
  tables: readonly Table[],
): TextPredictions {
  const common = { format: PREDICTIONS_FORMAT, of: "texts", lost: lostTokens(data, tables) } as const;
  if (data.texts?.pairs === undefined) {
    const examples = compareContinued(data, dense, pruned);
    return { ...common, count: examples.length, examples };
  }
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
    ...common,
    count: examples.length,
    metric: {
      name,
      signature: denseScore?.signature ?? "",
      dense: denseScore?.score ?? 0,
      pruned: prunedScore?.score ?? 0,
    },
    examples: sorted.slice(0, SHOWN),
  };
}

/** How texts go on, in the order in which they stand in the split. */
function compareContinued(data: AnyDataSet, dense: Judgement, pruned: Judgement): TextPredictions["examples"] {
  const decode = (ids: Iterable<number>): string => data.texts?.tokenizer.decode(ids) ?? "";
  const [before, after] = [dense, pruned].map(({ predicted }) => unpackTexts(predicted));
  return partsOf(data).map(({ beginning, rest }, at) => ({
    source: decode(beginning),
    reference: decode(rest.subarray(0, before?.[at]?.length)),
    dense: decode(before?.[at] ?? []),
    pruned: decode(after?.[at] ?? []),
  }));
}

/** Nothing of a token is left where all tables that have a row for it have lost it. */
function lostTokens({ texts }: AnyDataSet, all: readonly Table[]): TextPredictions["lost"] {
  const size = texts?.tokenizer.size ?? 0;
  const tables = all.filter(({ shape }) => (shape[0] ?? 0) >= size);
  const isLost = (id: number): boolean =>
    tables.every(({ shape: [rows = 1], mask }) => {
      const width = mask.length / rows;
      return mask.subarray(id * width, (id + 1) * width).every((keep) => keep === 0);
    });
  const first = Object.keys(SPECIAL).length;
  const ids = tables.length === 0 ? [] : Array.from({ length: size - first }, (_, at) => first + at).filter(isLost);
  return { count: ids.length, tokens: ids.slice(0, SHOWN_TOKENS).map((id) => texts?.tokenizer.tokenOf(id) ?? "") };
}

/** Undefined where they write none. */
export function testTextsOf(data: AnyDataSet, dense: Judgement, pruned: Judgement): TestTexts | undefined {
  if (data.texts?.pairs === undefined) return undefined;
  const [before, after] = [dense, pruned].map(({ test }) =>
    asTexts(data, data.test, unpackTexts(test ?? new Float32Array(0))),
  );
  return {
    source: data.texts.pairs.test.map(({ source }) => source),
    reference: before?.references ?? [],
    dense: before?.hypotheses ?? [],
    pruned: after?.hypotheses ?? [],
  };
}
