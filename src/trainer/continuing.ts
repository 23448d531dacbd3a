/** How a language model goes on with parts of the validation split, for people to read: beside what stands there. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom } from "../data/random.ts";
import type { AnyDataSet } from "../data/types.ts";
import { createContinuing } from "../generation/continueTexts.ts";
import type { Settings } from "../protocol/settings.ts";

type TF = typeof Tf;

/** More nobody reads. */
const SHOWN = 20;
const SHOWN_TOKENS = 200;

export interface Part {
  readonly beginning: Float32Array | Int32Array | Uint8Array;
  readonly rest: Float32Array | Int32Array | Uint8Array;
}

/** First halves of examples that lie evenly over the split, and the tokens that come after each, which may reach into later examples. */
export function partsOf({ xShape, validation }: AnyDataSet): Part[] {
  const { x, count } = validation;
  const [width = 1] = xShape;
  const shown = Math.min(SHOWN, count);
  return Array.from({ length: shown }, (_, at) => {
    const from = Math.floor((at * count) / shown) * width;
    const to = from + Math.ceil(width / 2);
    return { beginning: x.subarray(from, to), rest: x.subarray(to, to + SHOWN_TOKENS) };
  });
}

/** @returns undefined where the model is none that goes on with texts; draws the same numbers each time it is called */
export function createContinueParts(
  tf: TF,
  model: Tf.LayersModel,
  data: AnyDataSet,
  { generation, seed }: Pick<Settings, "generation" | "seed">,
): (() => number[][]) | undefined {
  const vocabulary = data.texts?.tokenizer.size;
  if (vocabulary === undefined) return undefined;
  const length = Math.min(generation.length, SHOWN_TOKENS);
  const continuing = createContinuing(tf, model, { ...generation, length, vocabulary });
  return (
    continuing &&
    (() =>
      continuing.write(
        partsOf(data).map(({ beginning }) => beginning),
        createDraws(seed),
      ))
  );
}

/** For each text numbers of its own, whatever others there are beside it. */
export function createDraws(seed: number): (text: number) => number {
  const streams = new Map<number, ReturnType<typeof createRandom>>();
  return (text) => {
    const stream = streams.get(text) ?? createRandom(seed, "continue", text);
    streams.set(text, stream);
    return stream.next();
  };
}
