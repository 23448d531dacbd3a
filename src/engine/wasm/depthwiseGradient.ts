/**
 * The gradients of a depthwise convolution, in plain loops: the wasm backend has none, and the cpu backend's take a hundred
 * times as long. y[n,p,q,cM+m] = sum over i,j of x[n, p s + i d - top, q s + j d - left, c] f[i,j,c,m].
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";
import { computeOnHeap } from "./heap.ts";

type Shape4 = [number, number, number, number];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly dilations?: [number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly filterShape: Shape4;
  readonly inputShape: Shape4;
}

type Info = Tf.backend_util.Conv2DInfo;

export function depthwiseFilterGradient(tf: TF): Tf.KernelFunc {
  return ({ inputs: { x, dy }, attrs, backend }) => {
    if (x === undefined || dy === undefined) throw new Error("a gradient of a filter has two inputs");
    const { filterShape } = attrs as unknown as Attributes;
    const info = infoOf(tf, x.shape as Shape4, filterShape, attrs as unknown as Attributes);
    return computeOnHeap(backend, [x, dy], filterShape, "float32", (gradient, values, errors) => {
      const [channels, multiplier] = [info.inChannels, filterShape[3]];
      if (multiplier === 1) {
        eachTap(info, (tap, from, to) => {
          const [at, value, error] = [tap * channels, from * channels, to * channels];
          for (let c = 0; c < channels; c++) {
            gradient[at + c] =
              (gradient[at + c] as number) + (values[value + c] as number) * (errors[error + c] as number);
          }
        });
        return;
      }
      eachTap(info, (tap, from, to) => {
        let at = tap * channels * multiplier;
        let error = to * channels * multiplier;
        for (let channel = from * channels; channel < (from + 1) * channels; channel++) {
          const value = values[channel] as number;
          for (let copy = 0; copy < multiplier; copy++) {
            gradient[at] = (gradient[at] as number) + value * (errors[error] as number);
            at++;
            error++;
          }
        }
      });
    });
  };
}

export function depthwiseInputGradient(tf: TF): Tf.KernelFunc {
  return ({ inputs: { dy, filter }, attrs, backend }) => {
    if (dy === undefined || filter === undefined) throw new Error("a gradient of an input has two inputs");
    const { inputShape } = attrs as unknown as Attributes;
    const info = infoOf(tf, inputShape, filter.shape as Shape4, attrs as unknown as Attributes);
    return computeOnHeap(backend, [dy, filter], inputShape, "float32", (gradient, errors, weights) => {
      const [channels, multiplier] = [info.inChannels, filter.shape[3] ?? 1];
      if (multiplier === 1) {
        eachTap(info, (tap, from, to) => {
          const [at, weight, error] = [from * channels, tap * channels, to * channels];
          for (let c = 0; c < channels; c++) {
            gradient[at + c] =
              (gradient[at + c] as number) + (weights[weight + c] as number) * (errors[error + c] as number);
          }
        });
        return;
      }
      eachTap(info, (tap, from, to) => {
        let weight = tap * channels * multiplier;
        let error = to * channels * multiplier;
        for (let channel = from * channels; channel < (from + 1) * channels; channel++) {
          let sum = gradient[channel] as number;
          for (let copy = 0; copy < multiplier; copy++) {
            sum += (errors[error] as number) * (weights[weight] as number);
            weight++;
            error++;
          }
          gradient[channel] = sum;
        }
      });
    });
  };
}

function infoOf(tf: TF, input: Shape4, filter: Shape4, { strides, dilations, pad, dimRoundingMode }: Attributes): Info {
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations ?? 1, pad, dimRoundingMode, true);
}

/** @param visit for each place of the filter at each position of the output: places in the input and output, without channels */
function eachTap(info: Info, visit: (tap: number, from: number, to: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  for (let example = 0; example < batchSize; example++) {
    for (let row = 0; row < outHeight; row++) {
      for (let i = 0; i < filterHeight; i++) {
        const y = row * info.strideHeight + i * info.dilationHeight - info.padInfo.top;
        if (y < 0 || y >= inHeight) continue;
        for (let column = 0; column < outWidth; column++) {
          const to = (example * outHeight + row) * outWidth + column;
          for (let j = 0; j < filterWidth; j++) {
            const x = column * info.strideWidth + j * info.dilationWidth - info.padInfo.left;
            if (x < 0 || x >= inWidth) continue;
            visit(i * filterWidth + j, (example * inHeight + y) * inWidth + x, to);
          }
        }
      }
    }
  }
}
