/** What the model of a run writes for the texts of a split. */
import type * as Tf from "@tensorflow/tfjs";
import type { AnyDataSet, Split } from "../data/types.ts";
import { createWriteTexts, type WriteTexts } from "../generation/write.ts";
import type { TextMetric } from "../models/textMetrics.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";

type TF = typeof Tf;

/** Ids for each example, of the validation split for the first `generation.examples`. */
export type WriteSplit = (data: AnyDataSet, split: Split) => readonly (readonly number[])[];

/**
 * Throws from the call where model or data are no translation: see `checkWriting`. A split is written for once as long as no weight
 * changes: at the end of a phase it is asked for several times.
 */
export function createWriteSplit(tf: TF, model: Tf.LayersModel, generation: Settings["generation"]): WriteSplit {
  const last = new Map<Split, { readonly weights: readonly object[]; readonly written: ReturnType<WriteSplit> }>();
  return (data, split) => {
    // What is assigned to a weight is other data.
    const weights = model.weights.map((weight) => weight.read().dataId);
    const known = last.get(split);
    if (known?.weights.every((data, at) => data === weights[at])) return known.written;
    const write = writerFor(tf, model, data, generation);
    const most = split === data.validation ? generation.examples : split.count;
    const written = write(sourcesOf(data, split, Math.min(split.count, most))).map(({ ids }) => ids);
    last.set(split, { weights, written });
    return written;
  };
}

/** @throws WhittleError (usage) where what the model writes cannot be had, or not be compared with anything */
export function checkWriting(tf: TF, model: Tf.LayersModel, data: AnyDataSet, { generation }: Settings): void {
  writerFor(tf, model, data, generation);
}

function writerFor(tf: TF, model: Tf.LayersModel, data: AnyDataSet, generation: Settings["generation"]): WriteTexts {
  const { tokenizer, pairs } = data.texts ?? {};
  const write = tokenizer && createWriteTexts(tf, model, { ...generation, vocabulary: tokenizer.size });
  if (pairs !== undefined && write !== undefined) return write;
  throw usageError(
    `A metric of what the model writes needs pairs of texts, and a model with two inputs: "${data.spec}" with this model is something else.`,
    "Choose data such as parallel:DIR#de-en, and a model whose inputs are the ids of the source and of what has been written so far; or another metric.",
  );
}

/** Ids without padding, of the first input. */
function sourcesOf({ xShape, xFields }: AnyDataSet, { x }: Split, count: number): ArrayLike<number>[] {
  const width = xShape[0] ?? 0;
  const size = xFields?.[0]?.shape[0] ?? width;
  return Array.from({ length: count }, (_, example) => {
    const ids = x.subarray(example * width, example * width + size);
    const end = ids.indexOf(0);
    return end < 0 ? ids : ids.subarray(0, end);
  });
}

export interface WrittenTexts {
  readonly hypotheses: readonly string[];
  readonly references: readonly string[];
}

/** Beside what was to be written. */
export function asTexts(
  { texts, validation }: AnyDataSet,
  split: Split,
  written: readonly (readonly number[])[],
): WrittenTexts {
  const pairs = texts?.pairs?.[split === validation ? "validation" : "test"] ?? [];
  return {
    hypotheses: written.map((ids) => texts?.tokenizer.decode(ids) ?? ""),
    references: pairs.slice(0, written.length).map(({ reference }) => reference),
  };
}

/** 0 … 100 */
export function scoreTexts({ ofTexts }: TextMetric, { hypotheses, references }: WrittenTexts): number {
  return ofTexts(hypotheses, references).score;
}
