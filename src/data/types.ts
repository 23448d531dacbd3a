/** Data sets as every format hands them over: raw values of all examples in one array a split, scaled when batched. */

export interface Split {
  readonly count: number;
  /** Raw values of all examples, row-major: `count` × the product of the data set's `xShape`. */
  readonly x: Uint8Array | Float32Array;
  /** Class ids (0-based), or targets: `count` × the product of the data set's `yShape`. */
  readonly y: Int32Array | Float32Array;
}

/** One of several inputs, or targets, which lie side by side in a row. */
export interface Field {
  readonly name: string;
  /** Of one example. */
  readonly shape: readonly number[];
}

export interface DataSet {
  /** What the user asked for, e.g. `digits`. */
  readonly spec: string;
  /** Of the contents, independent of how they are stored: hexadecimal. */
  readonly sha256: string;
  /** Shape of one example, e.g. `[28, 28, 1]`. */
  readonly xShape: readonly number[];
  /** Shape of one target; `[]` for class ids. */
  readonly yShape: readonly number[];
  /** Where a model has several inputs: `xShape` then has one axis, over all of them. */
  readonly xFields?: readonly Field[];
  /** Likewise of targets. */
  readonly yFields?: readonly Field[];
  /** A network sees `x * scale + offset`. */
  readonly scale: number;
  readonly offset: number;
  /** Number of classes where targets are class ids. */
  readonly classes?: number;
  /** Of each class, where the data have names and not numbers. */
  readonly classNames?: readonly string[];
  readonly train: Split;
  /** Every decision is made on this one. */
  readonly validation: Split;
  /** For reporting only. */
  readonly test: Split;
}

/** Numbers in one example of this shape (1 for `[]`). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
