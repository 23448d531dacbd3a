/** How a language model goes on with texts: token by token, each drawn as the model says how likely it is. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { SPECIAL } from "../language/tokenizer.ts";
import { createWriter } from "./createWriter.ts";
import { planWriting } from "./plan.ts";
import type { Writer } from "./writer.ts";

export interface DrawOptions {
  /** Log-probabilities are divided by it before a token is drawn; with 0 the likeliest is taken. */
  readonly temperature: number;
  /** Tokens that are written for each text. */
  readonly length: number;
  /** Ids are 0 … vocabulary − 1, whatever else the model has outputs for. */
  readonly vocabulary: number;
}

export interface Continuing {
  /** Of a beginning of so many tokens, how many the model sees: the last ones. */
  seenOf(tokens: number): number;
  /**
   * @param draw uniform in [0, 1), for the text of that number
   * @returns for each beginning what comes next, `length` tokens
   * @throws RangeError where a beginning is empty
   */
  write(beginnings: readonly ArrayLike<number>[], draw: (text: number) => number): number[][];
}

/** Texts at a time: enough to keep the cores busy. */
const MOST_ROWS = 64;
const FIRST_TOKEN = Object.keys(SPECIAL).length;

interface Text {
  readonly number: number;
  readonly ids: number[];
  /** Ids that it ends with. */
  readonly end: number;
}

/**
 * Where all that the model can see is full, it goes on from the later half of it. Special tokens are never written: a text has no end.
 * @param model whose one input are the ids that there are so far, and whose output says which comes next
 * @returns undefined for any other
 */
export function createContinuing(tf: TF, model: Tf.LayersModel, options: DrawOptions): Continuing | undefined {
  const plan = planWriting(model);
  if (plan === undefined || plan.source !== undefined) return undefined;
  const write: Continuing["write"] = (beginnings, draw) => {
    const texts = beginnings.map((ids, number): Text => {
      if (ids.length === 0) throw new RangeError("a beginning has no token");
      return { number, ids: Array.from(ids), end: ids.length + options.length };
    });
    for (let from = 0; from < texts.length; from += MOST_ROWS) {
      let live: readonly Text[] = texts.slice(from, from + MOST_ROWS);
      while (live.length > 0) {
        const writer = createWriter(tf, model, plan, undefined);
        try {
          live = fillContext(writer, live, plan.longest, (text, scores) =>
            pick(scores, options, () => draw(text.number)),
          );
        } finally {
          writer.dispose();
        }
      }
    }
    return texts.map(({ ids, end }) => ids.slice(end - options.length));
  };
  return { seenOf: (tokens) => seenOf(tokens, plan.longest), write };
}

/** @param longest tokens that the model can see @returns texts that are not at their end yet */
function fillContext(
  writer: Writer,
  texts: readonly Text[],
  longest: number,
  next: (text: Text, scores: Float32Array) => number,
): readonly Text[] {
  let rows = texts.map((text, at) => ({ text, at, from: text.ids.length - seenOf(text.ids.length, longest) }));
  for (let position = 0; position < longest && rows.length > 0; position++) {
    const tokens = Int32Array.from(rows, ({ text, from }) => text.ids[from + position] ?? 0);
    const scores = writer.next(
      tokens,
      Int32Array.from(rows, ({ at }) => at),
    );
    const isNeeded = rows.some(({ text, from }) => from + position + 1 === text.ids.length);
    const [values, width] = [isNeeded ? (scores.dataSync() as Float32Array) : undefined, scores.shape[1]];
    scores.dispose();
    for (const [row, { text, from }] of rows.entries()) {
      if (values === undefined || from + position + 1 < text.ids.length) continue;
      text.ids.push(next(text, values.subarray(row * width, (row + 1) * width)));
    }
    rows = rows.map(({ text, from }, at) => ({ text, at, from })).filter(({ text }) => text.ids.length < text.end);
  }
  return rows.map(({ text }) => text);
}

/** Room is left to write. */
const seenOf = (tokens: number, longest: number): number =>
  tokens < longest ? tokens : Math.max(1, Math.floor(longest / 2));

/** @param scores log-probabilities by id */
function pick(scores: Float32Array, { temperature, vocabulary }: DrawOptions, draw: () => number): number {
  const possible = scores.subarray(FIRST_TOKEN, vocabulary);
  let likeliest = 0;
  for (const [at, score] of possible.entries()) if (score > (possible[likeliest] ?? 0)) likeliest = at;
  if (temperature === 0) return FIRST_TOKEN + likeliest;
  const most = possible[likeliest] ?? 0;
  const weights = Float64Array.from(possible, (score) => Math.exp((score - most) / temperature));
  let rest = draw() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [at, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return FIRST_TOKEN + at;
  }
  return FIRST_TOKEN + likeliest;
}
