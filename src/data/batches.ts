/** Cuts batches out of a split, or of a stream. */
import { type AnyDataSet, type Split, type StreamedDataSet, sizeOf } from "./types.ts";

export interface Batch {
  /** `count` × the product of `data.xShape`, raw: not yet as the network sees it. */
  readonly x: Float32Array;
  /** `count` × the product of `data.yShape`, in the split's own type. */
  readonly y: Int32Array | Float32Array;
  /** `count` × the product of `data.wShape`, where there are weights. */
  readonly w?: Float32Array;
  readonly count: number;
}

/** The examples `order[from]` … `order[to - 1]` of `split`, fewer at the end of `order`. New arrays at each call. */
export function fillBatch(data: AnyDataSet, split: Split, order: Uint32Array, from: number, to: number): Batch {
  const picked = order.subarray(from, to);
  const count = picked.length;
  for (const example of picked) {
    if (example >= split.count) throw new RangeError(`example ${example} of a split of ${split.count}`);
  }
  const xSize = sizeOf(data.xShape);
  const ySize = sizeOf(data.yShape);
  const x = copyRows(split.x, picked, xSize, new Float32Array(count * xSize));
  const y = copyRows(
    split.y,
    picked,
    ySize,
    split.y instanceof Int32Array ? new Int32Array(count * ySize) : new Float32Array(count * ySize),
  );
  if (split.w === undefined) return { x, y, count };
  const wSize = sizeOf(data.wShape ?? []);
  return { x, y, w: copyRows(split.w, picked, wSize, new Float32Array(count * wSize)), count };
}

/**
 * The batches of an epoch (from 0) of a stream, `size` examples each, fewer in the last one. New arrays for each.
 * @param skip so many batches
 */
export async function* streamBatches(
  { train, xShape, yShape, wShape, classes }: StreamedDataSet,
  epoch: number,
  size: number,
  skip: number,
): AsyncGenerator<Batch, void> {
  const [xSize, ySize, wSize] = [sizeOf(xShape), sizeOf(yShape), sizeOf(wShape ?? [])];
  const make = (count: number): Batch => ({
    x: new Float32Array(count * xSize),
    y: classes === undefined ? new Float32Array(count * ySize) : new Int32Array(count * ySize),
    ...(wShape === undefined ? {} : { w: new Float32Array(count * wSize) }),
    count,
  });
  let batch: Batch | undefined;
  let at = skip * size;
  for await (const { x, y, w } of train.start(epoch, at)) {
    const row = at % size;
    batch ??= make(Math.min(size, train.count - at));
    at += 1;
    batch.x.set(x, row * xSize);
    batch.y.set(y, row * ySize);
    if (w !== undefined) batch.w?.set(w, row * wSize);
    if (row + 1 < batch.count) continue;
    yield batch;
    batch = undefined;
  }
}

/** Whole rows at once, which is a third of the time that it takes to go from number to number. */
export function copyRows<T extends Uint8Array | Float32Array | Int32Array>(
  from: Uint8Array | Float32Array | Int32Array,
  rows: Uint32Array,
  size: number,
  to: T,
): T {
  let target = 0;
  for (const row of rows) {
    to.set(from.subarray(row * size, (row + 1) * size), target);
    target += size;
  }
  return to;
}
