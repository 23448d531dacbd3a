/** Sums over the first axes, which gradients of biases are: the wasm backend would first turn the tensor around. */
import type * as Tf from "@tensorflow/tfjs";
import { computeOnHeap } from "./heap.ts";

/** @param general for sums over other axes */
export function sumOfRows(general: Tf.KernelFunc): Tf.KernelFunc {
  return (call) => {
    const { x } = call.inputs;
    const { axis, keepDims } = call.attrs as unknown as {
      readonly axis: number | readonly number[] | null;
      readonly keepDims?: boolean;
    };
    const axes = [axis ?? []].flat();
    const isOfRows = axes.length > 0 && axes.every((one, at) => one === at) && axes.length < (x?.shape.length ?? 0);
    if (x?.dtype !== "float32" || !isOfRows) return general(call);
    const shape = [...(keepDims === true ? axes.map(() => 1) : []), ...x.shape.slice(axes.length)];
    return computeOnHeap(call.backend, [x], shape, "float32", (sums, values) => {
      const exact = new Float64Array(sums.length);
      for (let start = 0; start < values.length; start += exact.length) {
        for (let at = 0; at < exact.length; at++) exact[at] = (exact[at] as number) + (values[start + at] as number);
      }
      sums.set(exact);
    });
  };
}
