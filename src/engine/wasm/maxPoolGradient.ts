/** The gradient of max pooling, in one pass: the wasm backend has none, and the cpu backend's goes over each window twice. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";
import { computeOnHeap } from "./heap.ts";

interface Attributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** The error of each output goes to the first of the largest inputs of its window, as in TensorFlow. */
export function maxPoolGradient(tf: TF): Tf.KernelFunc {
  return ({ inputs: { dy, input }, attrs, backend }) => {
    if (dy === undefined || input === undefined) throw new Error("the gradient of max pooling has two inputs");
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes;
    const shape = input.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
    return computeOnHeap(backend, [dy, input], shape, "float32", (gradient, errors, values) => {
      let error = 0;
      for (let example = 0; example < batchSize; example++) {
        const start = example * inHeight * inWidth * inChannels;
        for (let row = 0; row < outHeight; row++) {
          const top = row * info.strideHeight - padInfo.top;
          const [firstRow, endRow] = [Math.max(0, top), Math.min(inHeight, top + info.effectiveFilterHeight)];
          for (let column = 0; column < outWidth; column++) {
            const left = column * info.strideWidth - padInfo.left;
            const [firstColumn, endColumn] = [Math.max(0, left), Math.min(inWidth, left + info.effectiveFilterWidth)];
            for (let channel = 0; channel < inChannels; channel++) {
              let best = start + (firstRow * inWidth + firstColumn) * inChannels + channel;
              let largest = values[best] as number;
              for (let y = firstRow; y < endRow; y++) {
                for (let x = firstColumn; x < endColumn; x++) {
                  const at = start + (y * inWidth + x) * inChannels + channel;
                  const value = values[at] as number;
                  if (value > largest) {
                    largest = value;
                    best = at;
                  }
                }
              }
              gradient[best] = (gradient[best] as number) + (errors[error++] as number);
            }
          }
        }
      }
    });
  };
}
