/** Batches as programs take them: which examples of a table in the engine, or the examples themselves. */
import type * as Tf from "@tensorflow/tfjs";
import { fillBatch, type Batch as RawBatch } from "../data/batches.ts";
import type { AnyDataSet, DataSet, Split } from "../data/types.ts";
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
  /** To be fed to the program, so that it is the same one for each batch of as many examples. */
  readonly inputs: readonly Tf.Tensor[];
  /** To be called in the program, and in its tidy. */
  read(inputs: readonly Tf.Tensor[]): Examples;
  dispose(): void;
}

export interface Batches {
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

/** @param inputShape of one example as the model takes it @param rows where the engine has tables of them */
export function createBatches(tf: TF, inputShape: readonly number[], rows: Rows | undefined): Batches {
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

  const copied: Batches["copied"] = (data, raw) => {
    const { count, ...own } = tensors(data, raw);
    const batch = wholeBatch(tf, own, count);
    return {
      ...batch,
      read: (inputs) => {
        const examples = batch.read(inputs);
        return { ...examples, x: scaled(examples.x, data) };
      },
    };
  };

  let kept: readonly Scored[] | undefined;
  function* cut(data: AnyDataSet, split: Split): Generator<Scored> {
    const order = Uint32Array.from({ length: split.count }, (_, i) => i);
    for (let from = 0; from < split.count; from += EVALUATION_BATCH) {
      const to = Math.min(split.count, from + EVALUATION_BATCH);
      const { x: raw, ...rest } = tensors(data, fillBatch(data, split, order, from, to));
      const x = tf.tidy(() => scaled(raw, data));
      if (x !== raw) raw.dispose();
      yield { ...rest, x };
    }
  }

  return {
    copied,
    training(data, order, from, to) {
      const table = hold(data);
      if (table === undefined) return copied(data, fillBatch(data, data.train, order, from, to));
      const picked = Int32Array.from(order.subarray(from, to));
      if (picked.some((example) => example >= data.train.count)) throw new RangeError("an example beyond the split");
      const indices = tf.tensor1d(picked, "int32");
      return {
        count: picked.length,
        inputs: [indices, ...tensorsOf(table)],
        read: ([examples, x, y, w]) => {
          if (examples === undefined || x === undefined || y === undefined) throw new Error("a batch has three inputs");
          return {
            x: scaled(table.rows.pick(x, examples), data),
            y: table.rows.pick(y, examples),
            w: w && table.rows.pick(w, examples),
          };
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
