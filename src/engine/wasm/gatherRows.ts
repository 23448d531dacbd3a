/** Rows of a table, copied whole: the wasm backend's own kernel works out the place of every single number. */
import type * as Tf from "@tensorflow/tfjs";
import { computeOnHeap } from "./heap.ts";

interface Attributes {
  readonly axis: number;
  readonly batchDims: number;
}

/** @param general for what is no look-up of rows */
export function gatherRows(general: Tf.KernelFunc): Tf.KernelFunc {
  return (call) => {
    const { x, indices } = call.inputs;
    const { axis, batchDims } = call.attrs as unknown as Attributes;
    const isTable = axis === 0 && batchDims === 0 && (x?.dtype === "float32" || x?.dtype === "int32");
    if (x === undefined || indices?.dtype !== "int32" || !isTable) return general(call);
    const [rows = 0, ...row] = x.shape;
    const size = row.reduce((all, length) => all * length, 1);
    return computeOnHeap(call.backend, [x, indices], [...indices.shape, ...row], x.dtype, (picked, table, ids) => {
      for (let at = 0; at < ids.length; at++) {
        const id = ids[at] as number;
        if (id < 0 || id >= rows) throw new Error(`GatherV2: the index value ${id} is not in [0, ${rows - 1}]`);
        picked.set(table.subarray(id * size, (id + 1) * size), at * size);
      }
    });
  };
}
