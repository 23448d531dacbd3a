/**
 * Texts with another one to be written for each: rows for a model of two inputs, the source and what has been written so far, which
 * tells the next token at each position.
 */
import { SPECIAL, type Tokenizer } from "../../language/tokenizer.ts";
import { buildTokenizer } from "../../language/tokenizers.ts";
import { cutLists, type GivenSplits, type Splits } from "../cut.ts";
import { fail } from "../files.ts";
import type { OpenOptions } from "../formats/format.ts";
import type { DataSet, Split, TextPair } from "../types.ts";
import { checkModel, checkRowsSize, hashTexts, longest, textSettings } from "./textRows.ts";

/** A pair as ids, without special ones. */
interface Ids {
  readonly source: Int32Array;
  readonly target: Int32Array;
}

/** @throws WhittleError where there is nothing to train on, or the model is of another kind */
export function openTranslation(spec: string, given: GivenSplits<readonly TextPair[]>, options: OpenOptions): DataSet {
  checkModel(spec, options, ["the source's ids", "those that have been written"]);
  const settings = textSettings(options);
  const whole = cutLists(spec, given, options);
  const trained = whole.train.filter(({ source, reference }) => source.trim() !== "" && reference.trim() !== "");
  const tokenizer = buildTokenizer(bothSides(trained), settings);
  const encoded = trained.map((pair) => encode(tokenizer, pair));
  const { length } = settings;
  const train = encoded.filter(({ source, target }) => source.length <= length && target.length <= length);
  const [empty, long] = [whole.train.length - trained.length, encoded.length - train.length];
  if (train.length === 0) {
    fail(
      `"${spec}" has nothing to train on: of its ${whole.train.length} pairs, ${empty} have an empty side, and ${long} are longer than ${length} tokens.`,
      "Give other pairs, or set text.length higher.",
    );
  }
  if (empty > 0) options.onProgress?.(`Left out of training: ${empty} pairs with an empty side.`);
  if (long > 0)
    options.onProgress?.(`Left out of training: ${long} pairs of more than ${length} tokens (text.length).`);
  const cut = (pair: TextPair): Ids => {
    const { source, target } = encode(tokenizer, pair);
    return { source: source.subarray(0, length), target: target.subarray(0, length) };
  };
  const splits: Splits<readonly Ids[]> = {
    train,
    validation: whole.validation.map(cut),
    test: whole.test.map(cut),
  };
  const all = Object.values(splits).flat();
  // Behind the source, and before and behind the target, stands one more.
  const source = longest(all.map((ids) => ids.source)) + 1;
  const target = longest(all.map((ids) => ids.target)) + 1;
  checkRowsSize(spec, all.length, source + 2 * target);
  const [first = "source", second = "target"] = options.inputs ?? [];
  const split = (pairs: readonly Ids[]): Split => toSplit(pairs, source, target);
  return {
    spec,
    sha256: hashTexts(
      [given.train, given.validation, given.test].map((pairs) =>
        pairs?.map((pair) => [pair.source, pair.reference] as const),
      ),
    ),
    xShape: [source + target],
    yShape: [target],
    xFields: [
      { name: first, shape: [source] },
      { name: second, shape: [target] },
    ],
    scale: 1,
    offset: 0,
    padding: "end",
    texts: { tokenizer, pairs: { validation: whole.validation, test: whole.test } },
    classes: tokenizer.size,
    train: split(splits.train),
    validation: split(splits.validation),
    test: split(splits.test),
  };
}

function* bothSides(pairs: readonly TextPair[]): Generator<string> {
  for (const { source, reference } of pairs) yield* [source, reference];
}

const encode = (tokenizer: Tokenizer, { source, reference }: TextPair): Ids => ({
  source: tokenizer.encode(source),
  target: tokenizer.encode(reference),
});

function toSplit(pairs: readonly Ids[], source: number, target: number): Split {
  const width = source + target;
  const x = new Float32Array(pairs.length * width);
  const y = new Int32Array(pairs.length * target);
  for (const [row, ids] of pairs.entries()) {
    const [from, written] = [row * width, row * width + source];
    x.set(ids.source, from);
    x[from + ids.source.length] = SPECIAL.end;
    x[written] = SPECIAL.begin;
    x.set(ids.target, written + 1);
    y.set(ids.target, row * target);
    y[row * target + ids.target.length] = SPECIAL.end;
  }
  return { count: pairs.length, x, y };
}
