/** What is in a data set, in figures: to be looked at before anything is trained on it. */
import { SPECIAL, type Tokenizer } from "../language/tokenizer.ts";
import type { DataDescription, Range } from "../protocol/dataDescription.ts";
import { type DataSet, type Split, sizeOf } from "./types.ts";

/** Numbers of all examples that are shown. */
const MOST_NUMBERS = 2 ** 17;

/** @param shown how many of the first training examples it has at most */
export function describeData(data: DataSet, shown = 0): DataDescription {
  const { spec, sha256, xShape, yShape, scale, offset, classes, classNames, texts } = data;
  const raw = rangeOf(data.train.x);
  const scaled = ({ min, max, mean }: Range): Range => ({
    min: min * scale + offset,
    max: max * scale + offset,
    mean: mean * scale + offset,
  });
  const splitOf = (name: "train" | "validation" | "test") => {
    const split = data[name];
    const perClass = classes === undefined || hasWrittenTargets(data) ? {} : { perClass: countClasses(split, classes) };
    return { name, count: split.count, ...perClass };
  };
  return {
    ...{ spec, sha256, xShape, yShape },
    x: scaled(raw),
    ...(classes === undefined ? { y: rangeOf(data.train.y) } : {}),
    ...(texts === undefined ? {} : { vocabulary: texts.tokenizer.size }),
    ...(classNames === undefined ? {} : { classNames }),
    splits: [splitOf("train"), splitOf("validation"), splitOf("test")],
    examples: firstExamples(data, shown),
  };
}

function firstExamples(data: DataSet, shown: number): DataDescription["examples"] {
  const { xShape, yShape, scale, offset, train, texts } = data;
  const [xSize, ySize] = [sizeOf(xShape), sizeOf(yShape)];
  const count = Math.min(shown, train.count, Math.floor(MOST_NUMBERS / (xSize + ySize)));
  return Array.from({ length: count }, (_, at) => {
    const [x, y] = [train.x.subarray(at * xSize, (at + 1) * xSize), train.y.subarray(at * ySize, (at + 1) * ySize)];
    return {
      x: Array.from(x, (value) => asShort(value * scale + offset)),
      y: Array.from(y, asShort),
      ...(texts === undefined ? {} : { texts: textsOf(data, texts.tokenizer, x, y) }),
    };
  });
}

/** Targets are texts themselves: an id for each position. */
const hasWrittenTargets = ({ texts, classes, yShape }: DataSet): boolean =>
  texts !== undefined && classes !== undefined && yShape.length > 0;

function textsOf(data: DataSet, tokenizer: Tokenizer, x: Split["x"], y: Split["y"]): readonly string[] {
  // What has been written, the second input, is the target as well.
  const source = x.subarray(0, sizeOf(data.xFields?.[0]?.shape ?? [x.length]));
  return [source, ...(hasWrittenTargets(data) ? [y] : [])].map((ids) => asText(tokenizer, ids));
}

/** With the unknown tokens by their name; of the other special ones there is nothing to be seen. */
function asText(tokenizer: Tokenizer, ids: Iterable<number>): string {
  const known: number[][] = [[]];
  for (const id of ids) {
    if (id === SPECIAL.unknown) known.push([]);
    else known.at(-1)?.push(id);
  }
  return known.map((run) => tokenizer.decode(run)).join(` ${tokenizer.tokenOf(SPECIAL.unknown)} `);
}

/** Six digits, which is more than anybody looks at. */
const asShort = (value: number): number => Number(value.toPrecision(6));

function rangeOf(values: ArrayLike<number>): Range {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { min, max, mean: sum / values.length };
}

function countClasses({ y }: Split, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const id of y) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}
