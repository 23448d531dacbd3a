/** What a model writes for some examples. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { SPECIAL } from "../language/tokenizer.ts";
import { type BeamOptions, searchBeams, type Written } from "./beamSearch.ts";
import { createWriter } from "./createWriter.ts";
import { planWriting, type WritingPlan } from "./plan.ts";

export type WriteTexts = (sources: readonly ArrayLike<number>[]) => readonly Written[];

/** Beginnings at a time: enough to keep the cores busy. */
const MOST_ROWS = 256;

/**
 * @param model whose inputs are the ids that are read and those that have been written so far, and whose output says which comes next
 * @returns undefined for any other; writes for ids of each source, without padding
 */
export function createWriteTexts(tf: TF, model: Tf.LayersModel, options: BeamOptions): WriteTexts | undefined {
  const plan = planWriting(model);
  const { source } = plan ?? {};
  if (plan === undefined || source === undefined) return undefined;
  const own = { ...options, length: Math.min(options.length, plan.longest) };
  return (sources) => {
    const written = new Array<Written>(sources.length);
    // Of like length together: the longest ones first, as those that may not fit.
    const order = [...sources.keys()].sort((a, b) => (sources[b]?.length ?? 0) - (sources[a]?.length ?? 0));
    const size = Math.max(1, Math.floor(MOST_ROWS / options.beams));
    for (let from = 0; from < order.length; from += size) {
      const batch = order.slice(from, from + size);
      const ids = padded(
        tf,
        batch.map((example) => sources[example] ?? []),
        source.shape[1] ?? undefined,
      );
      const found = writeBatch(tf, model, plan, ids, own);
      ids.dispose();
      for (const [at, example] of batch.entries()) written[example] = found[at] ?? { ids: [], score: 0 };
    }
    return written;
  };
}

function writeBatch(tf: TF, model: Tf.LayersModel, plan: WritingPlan, source: Tf.Tensor2D, options: BeamOptions) {
  const writer = createWriter(tf, model, plan, source);
  try {
    return searchBeams(tf, writer, source.shape[0], options);
  } finally {
    writer.dispose();
  }
}

/** @param length all that the model takes, where it takes one length only */
function padded(tf: TF, sources: readonly ArrayLike<number>[], length: number | undefined): Tf.Tensor2D {
  const width = length ?? Math.max(1, ...sources.map((each) => each.length));
  const ids = new Float32Array(sources.length * width).fill(SPECIAL.padding);
  for (const [row, each] of sources.entries()) ids.set(Array.from(each).slice(0, width), row * width);
  return tf.tensor2d(ids, [sources.length, width]);
}
