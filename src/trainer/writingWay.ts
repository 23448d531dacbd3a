/** How the model of a run writes for texts that somebody gives: as another text, or as what comes next. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { createContinuing } from "../generation/continueTexts.ts";
import { createWriteTexts } from "../generation/write.ts";
import { SPECIAL, type Tokenizer } from "../language/tokenizer.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { WritingJob } from "../protocol/writing.ts";
import { createDraws } from "./continuing.ts";

export interface WritingWay {
  readonly continues: boolean;
  /** Of a text's ids, those that it reads. */
  seen(ids: Int32Array): Int32Array;
  write(texts: readonly Int32Array[]): readonly (readonly number[])[];
}

/** @returns undefined where the model does not write @throws WhittleError (usage) where it is asked for what is of another kind */
export function createWritingWay(
  tf: TF,
  model: Tf.LayersModel,
  tokenizer: Tokenizer,
  settings: Settings,
  { beams, temperature, length, seed }: Partial<WritingJob>,
): WritingWay | undefined {
  const { generation, text } = settings;
  const own = { ...generation, length: length ?? generation.length, vocabulary: tokenizer.size };
  const refuse = (given: object, kind: string): void => {
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined)
        throw usageError(`--${name} is for ${kind}, and this run's is none.`, `Leave out --${name}.`);
    }
  };
  const continuing = createContinuing(tf, model, { ...own, temperature: temperature ?? generation.temperature });
  if (continuing !== undefined) {
    refuse({ beams }, "a model that reads a text and writes another one");
    return {
      continues: true,
      seen: (ids) => ids.subarray(ids.length - continuing.seenOf(ids.length)),
      // The same draws for both models.
      write: (texts) => continuing.write(texts, createDraws(seed ?? settings.seed)),
    };
  }
  const writeTexts = createWriteTexts(tf, model, { ...own, beams: beams ?? generation.beams });
  if (writeTexts === undefined) return undefined;
  refuse({ temperature, seed }, "a model that goes on with texts");
  // As sources stand in data sets: cut to the longest length, with an end.
  const seen = (ids: Int32Array) => ids.subarray(0, text.length);
  const write: WritingWay["write"] = (texts) =>
    writeTexts(texts.map((ids) => [...seen(ids), SPECIAL.end])).map(({ ids }) => ids);
  return { continues: false, seen, write };
}
