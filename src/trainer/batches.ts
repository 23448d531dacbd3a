/** Batches as programs take them: which examples of a table in the engine, or the examples themselves. */
import type * as Tf from "@tensorflow/tfjs";
import { fillBatch, type Batch as RawBatch } from "../data/batches.ts";
import { batchesByLength, batchLength, lengthsOf, orderByLength } from "../data/lengths.ts";
import type { Random } from "../data/random.ts";
import { type AnyDataSet, type DataSet, type Split, sizeOf } from "../data/types.ts";
import type { Rows } from "../engine/rows.ts";

type TF = typeof Tf;

/** As the network sees them. */
export interface Examples {
  readonly x: Tf.Tensor;
  readonly y: Tf.Tensor;
  /** How much each target counts, where the data says it. */
  readonly w?: Tf.Tensor | undefined;
}

export interface Batch {
  readonly count: number;
  /** Batches of one kind and number differ by their inputs alone. */
  readonly kind: string;
  /** To be fed to the program, so that it is the same one for each batch of as many examples. */
  readonly inputs: readonly Tf.Tensor[];
  /** To be called in the program, and in its tidy. */
  read(inputs: readonly Tf.Tensor[]): Examples;
  dispose(): void;
}

export interface Batches {
  /** The training examples in the order in which `training` is to be given them: what goes into a batch comes together. */
  arrange(data: DataSet, order: Uint32Array, batchSize: number, random: Random): Uint32Array;
  /** The training examples `order[from]` … `order[to - 1]`. */
  training(data: DataSet, order: Uint32Array, from: number, to: number): Batch;
  /** Examples that are nowhere else: of a stream, or of a split that no table holds. */
  copied(data: AnyDataSet, raw: RawBatch): Batch;
  /**
   * All of a split in its own order. Those of the validation split stay in the engine, as it is scored again and again; the
   * caller disposes the tensors of others.
   */
  all(data: AnyDataSet, split: Split): Iterable<Scored>;
  dispose(): void;
}

export type Scored = Examples & { readonly count: number };

/** Examples evaluated at once: large enough to keep the cores busy, small enough for the activations of LeNet-5. */
const EVALUATION_BATCH = 500;
/** Of sequences so many positions. */
const MOST_POSITIONS = 4096;
/** Fewer where each has many outputs, as of a large vocabulary: numbers, 128 MiB. */
const MOST_OUTPUTS = 2 ** 25;

export interface BatchOptions {
  /** Where the engine has tables of examples. */
  readonly rows?: Rows | undefined;
  /** Padded examples are cut to the longest of a batch: the model takes any length. */
  readonly trims?: boolean | undefined;
  /** Numbers that the model gives out for an example, of that length where it is cut. */
  readonly outputSize?: (length: number | undefined) => number;
}

const kindOf = (length: number | undefined): string => (length === undefined ? "" : ` of ${length}`);

/** @param inputShape of one example as the model takes it */
export function createBatches(tf: TF, inputShape: readonly number[], options: BatchOptions = {}): Batches {
  const { rows, trims, outputSize = () => 1 } = options;
  let held: (Examples & { readonly rows: Rows; readonly split: Split }) | undefined;
  const release = (): void => {
    if (held !== undefined) tf.dispose(tensorsOf(held));
    held = undefined;
  };

  const hold = (data: DataSet): NonNullable<typeof held> | undefined => {
    const { train: split } = data;
    if (held?.split === split) return held;
    if (rows?.fits(split.x) !== true || !rows.fits(split.y) || (split.w && !rows.fits(split.w))) return undefined;
    release();
    held = {
      rows,
      split,
      x: tf.keep(rows.hold(split.x, [split.count, ...inputShape])),
      y: tf.keep(rows.hold(split.y, [split.count, ...data.yShape])),
      w: split.w === undefined ? undefined : tf.keep(rows.hold(split.w, [split.count, ...(data.wShape ?? [])])),
    };
    return held;
  };

  const scaled = (raw: Tf.Tensor, { scale, offset }: AnyDataSet): Tf.Tensor => {
    const x = scale === 1 ? raw : tf.mul(raw, scale);
    return offset === 0 ? x : tf.add(x, offset);
  };

  const tensors = (data: AnyDataSet, { x, y, w, count }: RawBatch) => {
    const targets = [count, ...data.yShape];
    return {
      x: tf.tensor(x, [count, ...inputShape], "float32"),
      y: y instanceof Int32Array ? tf.tensor(y, targets, "int32") : tf.tensor(y, targets, "float32"),
      w: w === undefined ? undefined : tf.tensor(w, [count, ...(data.wShape ?? [])], "float32"),
      count,
    };
  };

  /** As the network sees them: to the given length, where there is one, with scaled values. */
  const prepared = (data: AnyDataSet, { x, y, w }: Examples, length: number | undefined): Examples => {
    if (length === undefined) return { x: scaled(x, data), y, w };
    const part = (of: Tf.Tensor, from: number, size: number): Tf.Tensor => {
      const start = data.padding === "start" ? from + size - length : from;
      return tf.slice(of, [0, start], [of.shape[0] ?? 1, length]);
    };
    const fields = data.xFields?.map(({ shape }) => sizeOf(shape)) ?? [sizeOf(data.xShape)];
    const starts = fields.map((_, at) => fields.slice(0, at).reduce((sum, size) => sum + size, 0));
    const parts = fields.map((size, at) => part(x, starts[at] ?? 0, size));
    return {
      x: scaled(parts.length === 1 && parts[0] ? parts[0] : tf.concat(parts, 1), data),
      y: data.yShape.length === 0 ? y : part(y, 0, data.yShape[0] ?? length),
      w: w === undefined || data.wShape?.length === 0 ? w : part(w, 0, data.wShape?.[0] ?? length),
    };
  };

  const longestPossible = ({ xShape, xFields }: AnyDataSet): number => sizeOf(xFields?.[0]?.shape ?? xShape);

  const copy = (data: AnyDataSet, raw: RawBatch, length: number | undefined): Batch => {
    const { count, ...own } = tensors(data, raw);
    const batch = wholeBatch(tf, own, count);
    return { ...batch, kind: kindOf(length), read: (inputs) => prepared(data, batch.read(inputs), length) };
  };

  /** Where examples are cut: to what, that each of these fits in. */
  const lengthFor = (data: AnyDataSet, split: Split, examples: Uint32Array): number | undefined => {
    if (trims !== true) return undefined;
    const lengths = lengthsOf(data, split);
    const longest = examples.reduce((most, example) => Math.max(most, lengths[example] ?? 0), 0);
    return batchLength(longest, longestPossible(data));
  };

  const evaluated = (length: number | undefined): number =>
    Math.max(1, Math.min(EVALUATION_BATCH, Math.floor(MOST_OUTPUTS / outputSize(length))));

  function* pieces(data: AnyDataSet, split: Split): Generator<{ examples: Uint32Array; length?: number }> {
    if (trims === true) {
      yield* batchesByLength(lengthsOf(data, split), longestPossible(data), (length) =>
        Math.min(evaluated(length), Math.max(1, Math.floor(MOST_POSITIONS / length))),
      );
      return;
    }
    const order = Uint32Array.from({ length: split.count }, (_, i) => i);
    const size = evaluated(undefined);
    for (let from = 0; from < split.count; from += size) yield { examples: order.subarray(from, from + size) };
  }

  let kept: readonly Scored[] | undefined;
  function* cut(data: AnyDataSet, split: Split): Generator<Scored> {
    for (const { examples, length } of pieces(data, split)) {
      const { count, ...whole } = tensors(data, fillBatch(data, split, examples, 0, examples.length));
      const given = tensorsOf(whole);
      const seen = tf.tidy(() => tensorsOf(prepared(data, whole, length)));
      for (const each of given) if (!seen.includes(each)) each.dispose();
      const [x, y, w] = seen;
      if (x === undefined || y === undefined) throw new Error("a batch has examples and targets");
      yield { x, y, w, count };
    }
  }

  return {
    arrange: (data, order, batchSize, random) =>
      trims === true ? orderByLength(order, lengthsOf(data, data.train), batchSize, random) : order,
    copied: (data, raw) => copy(data, raw, undefined),
    training(data, order, from, to) {
      const table = hold(data);
      const length = lengthFor(data, data.train, order.subarray(from, to));
      if (table === undefined) return copy(data, fillBatch(data, data.train, order, from, to), length);
      const picked = Int32Array.from(order.subarray(from, to));
      if (picked.some((example) => example >= data.train.count)) throw new RangeError("an example beyond the split");
      const indices = tf.tensor1d(picked, "int32");
      return {
        count: picked.length,
        kind: kindOf(length),
        inputs: [indices, ...tensorsOf(table)],
        read: ([examples, x, y, w]) => {
          if (examples === undefined || x === undefined || y === undefined) throw new Error("a batch has three inputs");
          const [own, targets] = [table.rows.pick(x, examples), table.rows.pick(y, examples)];
          return prepared(data, { x: own, y: targets, w: w && table.rows.pick(w, examples) }, length);
        },
        dispose: () => indices.dispose(),
      };
    },
    all(data, split) {
      if (split !== data.validation) return cut(data, split);
      kept ??= [...cut(data, split)];
      return kept;
    },
    dispose() {
      for (const each of kept ?? []) tf.dispose(tensorsOf(each));
      kept = undefined;
      release();
    },
  };
}

/** A batch of tensors that are as the network sees them. */
export function wholeBatch(tf: TF, examples: Examples, count: number): Batch {
  return {
    count,
    kind: "",
    inputs: tensorsOf(examples),
    read: ([x, y, w]) => {
      if (x === undefined || y === undefined) throw new Error("a batch has examples and targets");
      return { x, y, w };
    },
    dispose: () => tf.dispose(tensorsOf(examples)),
  };
}

/** As the inputs of a program: examples, targets, and weights where there are some. */
export function tensorsOf({ x, y, w }: Examples): Tf.Tensor[] {
  return w === undefined ? [x, y] : [x, y, w];
}
