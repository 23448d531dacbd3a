/** Data sets as every format hands them over: raw values of all examples in one array a split, or streamed; scaled when batched. */

import type { Tokenizer } from "../language/tokenizer.ts";

export interface Split {
  readonly count: number;
  /** Raw values of all examples, row-major: `count` × the product of the data set's `xShape`. */
  readonly x: Uint8Array | Float32Array;
  /** Class ids (0-based), or targets: `count` × the product of the data set's `yShape`. */
  readonly y: Int32Array | Float32Array;
  /** How much each counts, where the data says it: `count` × the product of the data set's `wShape`. */
  readonly w?: Float32Array;
}

/** One of several inputs, or targets, which lie side by side in a row. */
export interface Field {
  readonly name: string;
  /** Of one example. */
  readonly shape: readonly number[];
}

/** Training examples that are never in memory together. */
export interface Stream {
  /** Of an epoch. */
  readonly count: number;
  /**
   * The examples of an epoch (from 0), shuffled: the same ones at each call. Each is good until the next is asked for; there are
   * `count` of them, less the first `skip`, which are left out.
   * @throws WhittleError from `next` where there are fewer, or one of them cannot be used
   */
  start(epoch: number, skip: number): AsyncGenerator<Example, void>;
}

/** Raw, row-major. */
export interface Example {
  readonly x: Uint8Array | Int32Array | Float32Array;
  /** Class id, or targets. */
  readonly y: Uint8Array | Int32Array | Float32Array;
  readonly w?: Uint8Array | Int32Array | Float32Array;
}

/** What ids stand for, where examples are texts. */
export interface Texts {
  /** Of what is read and of what is written: one vocabulary for both. */
  readonly tokenizer: Tokenizer;
  /** As they stand in the data, where each text has another one to be written for it; by example. */
  readonly pairs?: { readonly validation: readonly TextPair[]; readonly test: readonly TextPair[] };
}

export interface TextPair {
  readonly source: string;
  readonly reference: string;
}

interface Examples {
  /** What the user asked for, e.g. `digits`. */
  readonly spec: string;
  /** Of the contents, independent of how they are stored, of a stream the first ones: hexadecimal. */
  readonly sha256: string;
  /** Shape of one example, e.g. `[28, 28, 1]`. */
  readonly xShape: readonly number[];
  /** Shape of one target; `[]` for class ids. */
  readonly yShape: readonly number[];
  /** What of an example has a weight of its own: `[]`, or the first axes of a target, e.g. its positions. Of all splits, or none. */
  readonly wShape?: readonly number[];
  /** Where a model has several inputs: `xShape` then has one axis, over all of them. */
  readonly xFields?: readonly Field[];
  /** Likewise of targets. */
  readonly yFields?: readonly Field[];
  /** A network sees `x * scale + offset`. */
  readonly scale: number;
  readonly offset: number;
  /**
   * Where examples are ids of different length with zeros for what is missing: on which side these stand, in each field and in
   * targets that have positions. All may be cut to the longest of a batch.
   */
  readonly padding?: "start" | "end";
  readonly texts?: Texts;
  /** Number of classes where targets are class ids. */
  readonly classes?: number;
  /** Of each class, where the data have names and not numbers. */
  readonly classNames?: readonly string[];
  /** Every decision is made on this one. */
  readonly validation: Split;
  /** For reporting only. */
  readonly test: Split;
}

export interface DataSet extends Examples {
  readonly train: Split;
}

export interface StreamedDataSet extends Examples {
  readonly train: Stream;
}

export type AnyDataSet = DataSet | StreamedDataSet;

export const isStreamed = (data: AnyDataSet): data is StreamedDataSet => "start" in data.train;

/** The same examples, each changed as it comes. */
export function mapStream({ count, start }: Stream, change: (example: Example) => Example): Stream {
  return {
    count,
    async *start(epoch, skip) {
      for await (const example of start(epoch, skip)) yield change(example);
    },
  };
}

/** Numbers in one example of this shape (1 for `[]`). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
