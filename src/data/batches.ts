/** Cuts batches out of a split. */
import { type DataSet, type Split, sizeOf } from "./types.ts";

export interface Batch {
  /** `count` × the product of `data.xShape`, scaled as the network sees it. */
  readonly x: Float32Array;
  /** `count` × the product of `data.yShape`, in the split's own type. */
  readonly y: Int32Array | Float32Array;
  readonly count: number;
}

/** The examples `order[from]` … `order[to - 1]` of `split`, fewer at the end of `order`. New arrays at each call. */
export function fillBatch(data: DataSet, split: Split, order: Uint32Array, from: number, to: number): Batch {
  const picked = order.subarray(from, to);
  const count = picked.length;
  const xSize = sizeOf(data.xShape);
  const ySize = sizeOf(data.yShape);
  const x = new Float32Array(count * xSize);
  const y = split.y instanceof Int32Array ? new Int32Array(count * ySize) : new Float32Array(count * ySize);
  const { scale, offset } = data;
  for (let row = 0; row < count; row++) {
    const example = picked[row] ?? 0;
    if (example >= split.count) throw new RangeError(`example ${example} of a split of ${split.count}`);
    const source = example * xSize;
    const target = row * xSize;
    for (let index = 0; index < xSize; index++) x[target + index] = (split.x[source + index] ?? 0) * scale + offset;
    for (let index = 0; index < ySize; index++) y[row * ySize + index] = split.y[example * ySize + index] ?? 0;
  }
  return { x, y, count };
}
