/** What is in a data set, in figures: to be looked at before anything is trained on it. */
import type { DataSet, Split } from "./types.ts";

export interface DataDescription {
  readonly spec: string;
  readonly sha256: string;
  /** Shape of one example, and of one target; `[]` for class ids. */
  readonly xShape: readonly number[];
  readonly yShape: readonly number[];
  /** Of the training examples, as a network sees them. */
  readonly x: Range;
  /** Of the training targets, where they are no classes. */
  readonly y?: Range;
  readonly splits: readonly {
    readonly name: "train" | "validation" | "test";
    readonly count: number;
    /** Examples of each class, where targets are classes. */
    readonly perClass?: readonly number[];
  }[];
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export function describeData(data: DataSet): DataDescription {
  const { spec, sha256, xShape, yShape, scale, offset, classes } = data;
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
    splits: [splitOf("train"), splitOf("validation"), splitOf("test")],
  };
}

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
