/** What is in a data set, in figures: to be looked at before anything is trained on it. */
import { SPECIAL, type Tokenizer } from "../language/tokenizer.ts";
import type { DataDescription, Range } from "../protocol/dataDescription.ts";
import { type AnyDataSet, isStreamed, type Split, sizeOf } from "./types.ts";

/** Numbers of all examples that are shown. */
const MOST_NUMBERS = 2 ** 17;

/** @param shown how many of the first examples it has at most */
export function describeData(data: AnyDataSet, shown = 0): DataDescription {
  const { spec, sha256, xShape, yShape, scale, offset, classes, classNames, texts } = data;
  const { from, seen } = isStreamed(data)
    ? { from: "validation" as const, seen: data.validation }
    : { from: "train" as const, seen: data.train };
  const raw = rangeOf(seen.x);
  const scaled = ({ min, max, mean }: Range): Range => ({
    min: min * scale + offset,
    max: max * scale + offset,
    mean: mean * scale + offset,
  });
  const splitOf = (name: "train" | "validation" | "test") => {
    const split = data[name];
    const isCounted = classes !== undefined && !hasWrittenTargets(data) && "y" in split;
    return { name, count: split.count, ...(isCounted ? { perClass: countClasses(split, classes) } : {}) };
  };
  return {
    ...{ spec, sha256, xShape, yShape, from },
    x: scaled(raw),
    ...(classes === undefined ? { y: rangeOf(seen.y) } : {}),
    ...(texts === undefined ? {} : { vocabulary: texts.tokenizer.size }),
    ...(classNames === undefined ? {} : { classNames }),
    splits: [splitOf("train"), splitOf("validation"), splitOf("test")],
    examples: firstExamples(data, seen, shown),
  };
}

function firstExamples(data: AnyDataSet, split: Split, shown: number): DataDescription["examples"] {
  const { xShape, yShape, scale, offset, texts } = data;
  const [xSize, ySize] = [sizeOf(xShape), sizeOf(yShape)];
  const count = Math.min(shown, split.count, Math.floor(MOST_NUMBERS / (xSize + ySize)));
  return Array.from({ length: count }, (_, at) => {
    const [x, y] = [split.x.subarray(at * xSize, (at + 1) * xSize), split.y.subarray(at * ySize, (at + 1) * ySize)];
    return {
      x: Array.from(x, (value) => asShort(value * scale + offset)),
      y: Array.from(y, asShort),
      ...(texts === undefined ? {} : { texts: textsOf(data, texts.tokenizer, x, y) }),
    };
  });
}

/** Targets are texts themselves: an id for each position. */
const hasWrittenTargets = ({ texts, classes, yShape }: AnyDataSet): boolean =>
  texts !== undefined && classes !== undefined && yShape.length > 0;

function textsOf(data: AnyDataSet, tokenizer: Tokenizer, x: Split["x"], y: Split["y"]): readonly string[] {
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
