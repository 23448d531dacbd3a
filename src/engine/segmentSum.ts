/**
 * Sums by segment in plain JavaScript, which is what the gradient of a look-up takes: one pass over what is summed. The cpu
 * backend of TensorFlow.js 4.22.0 goes over everything once for each row of the table, and the wasm backend has none.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "./types.ts";

const KERNEL = "UnsortedSegmentSum";

export function registerSegmentSum(tf: TF, backendName: "wasm" | "cpu"): void {
  if (tf.getKernel(KERNEL, backendName) !== undefined) tf.unregisterKernel(KERNEL, backendName);
  tf.registerKernel({
    kernelName: KERNEL,
    backendName,
    kernelFunc({ inputs, attrs, backend }) {
      const { x, segmentIds } = inputs;
      if (x === undefined || segmentIds === undefined) throw new Error(`${KERNEL} has two inputs`);
      const { readSync, write } = backend as Tf.KernelBackend;
      const values = readSync.call(backend, x.dataId) as Float32Array;
      const ids = readSync.call(backend, segmentIds.dataId) as Int32Array;
      const { numSegments } = attrs as unknown as { readonly numSegments: number };
      const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
      const sums = sumSegments(values, ids, numSegments, x.dtype);
      return { dataId: write.call(backend, sums, shape, x.dtype), shape, dtype: x.dtype };
    },
  });
}

/** Ids outside of the segments are left out, as TensorFlow does with negative ones. */
function sumSegments(values: ArrayLike<number>, ids: Int32Array, segments: number, dtype: Tf.DataType) {
  const length = ids.length === 0 ? 0 : values.length / ids.length;
  const size = segments * length;
  const sums = dtype === "int32" ? new Int32Array(size) : new Float32Array(size);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] ?? -1;
    if (segment < 0 || segment >= segments) continue;
    const [from, to] = [row * length, segment * length];
    for (let at = 0; at < length; at++) sums[to + at] = (sums[to + at] ?? 0) + (values[from + at] ?? 0);
  }
  return sums;
}
