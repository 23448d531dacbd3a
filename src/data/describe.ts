/** What is in a data set, in figures: to be looked at before anything is trained on it. */
import type { DataDescription, Range } from "../protocol/dataDescription.ts";
import { type DataSet, type Split, sizeOf } from "./types.ts";

/** Numbers of all examples that are shown. */
const MOST_NUMBERS = 2 ** 17;

/** @param shown how many of the first training examples it has at most */
export function describeData(data: DataSet, shown = 0): DataDescription {
  const { spec, sha256, xShape, yShape, scale, offset, classes, classNames } = data;
  const raw = rangeOf(data.train.x);
  const scaled = ({ min, max, mean }: Range): Range => ({
    min: min * scale + offset,
    max: max * scale + offset,
    mean: mean * scale + offset,
  });
  const splitOf = (name: "train" | "validation" | "test") => {
    const split = data[name];
    return { name, count: split.count, ...(classes === undefined ? {} : { perClass: countClasses(split, classes) }) };
  };
  return {
    ...{ spec, sha256, xShape, yShape },
    x: scaled(raw),
    ...(classes === undefined ? { y: rangeOf(data.train.y) } : {}),
    ...(classNames === undefined ? {} : { classNames }),
    splits: [splitOf("train"), splitOf("validation"), splitOf("test")],
    examples: firstExamples(data, shown),
  };
}

function firstExamples({ xShape, yShape, scale, offset, train }: DataSet, shown: number): DataDescription["examples"] {
  const [xSize, ySize] = [sizeOf(xShape), sizeOf(yShape)];
  const count = Math.min(shown, train.count, Math.floor(MOST_NUMBERS / (xSize + ySize)));
  return Array.from({ length: count }, (_, at) => ({
    x: Array.from(train.x.subarray(at * xSize, (at + 1) * xSize), (value) => asShort(value * scale + offset)),
    y: Array.from(train.y.subarray(at * ySize, (at + 1) * ySize), asShort),
  }));
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
