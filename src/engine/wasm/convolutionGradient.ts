/**
 * The gradients of a convolution as convolutions. That of the filter:
 *   dF[i,j,c,k] = sum over n,p,q of x[n, p s + i - top, q s + j - left, c] dy[n,p,q,k]
 * is x with batch and channels swapped, convolved with dy as the filter, dilated by the stride s; i and j run over the
 * output. Rows at the end of x that the stride leaves out are cut off, else the output would be larger than the filter.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";
import { computeOnHeap } from "./heap.ts";

type Shape4 = [number, number, number, number];

interface Span {
  /** Zeros before and after. */
  readonly pad: readonly [number, number];
  /** Elements of x that take part. */
  readonly length: number;
}

/** A kernel `Conv2DBackpropFilter` made of the wasm backend's own kernels. */
export function filterGradient(tf: TF): Tf.KernelFunc {
  const kernels = {
    transpose: tf.getKernel("Transpose", "wasm").kernelFunc,
    slice: tf.getKernel("Slice", "wasm").kernelFunc,
    convolve: tf.getKernel("Conv2D", "wasm").kernelFunc,
  };
  return ({ inputs, attrs, backend }) => {
    const kernelBackend = backend as Tf.KernelBackend;
    const { x, dy } = inputs;
    const { strides, pad, dimRoundingMode, dataFormat, filterShape } = attrs as unknown as Tf.Conv2DBackpropFilterAttrs;
    if (x === undefined || dy === undefined || dataFormat !== "NHWC") {
      throw new Error("The wasm engine has convolutions with channels last only (dataFormat: channelsLast).");
    }
    const made: Tf.TensorInfo[] = [];
    const run = (kernel: Tf.KernelFunc, kernelInputs: Tf.NamedTensorInfoMap, kernelAttrs: object): Tf.TensorInfo => {
      const output = kernel({ inputs: kernelInputs, attrs: kernelAttrs as Tf.NamedAttrMap, backend }) as Tf.TensorInfo;
      made.push(output);
      return output;
    };
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as Shape4,
      filterShape as Shape4,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const rows = span(info.inHeight, info.filterHeight, info.outHeight, info.strideHeight, info.padInfo.top);
    const columns = span(info.inWidth, info.filterWidth, info.outWidth, info.strideWidth, info.padInfo.left);
    const swapped = run(kernels.transpose, { x }, { perm: [3, 1, 2, 0] });
    const size = [info.inChannels, rows.length, columns.length, info.batchSize];
    const cut =
      rows.length === info.inHeight && columns.length === info.inWidth
        ? swapped
        : run(kernels.slice, { x: swapped }, { begin: [0, 0, 0, 0], size });
    const filter = run(kernels.transpose, { x: dy }, { perm: [1, 2, 0, 3] });
    const convolved = run(
      kernels.convolve,
      { x: cut, filter },
      {
        strides: [1, 1],
        pad: [[0, 0], rows.pad, columns.pad, [0, 0]],
        dataFormat: "NHWC",
        dilations: [info.strideHeight, info.strideWidth],
      },
    );
    const gradient = kernels.transpose({ inputs: { x: convolved }, attrs: { perm: [1, 2, 0, 3] }, backend });
    for (const intermediate of made) {
      kernelBackend.disposeData(intermediate.dataId);
    }
    return gradient;
  };
}

function span(input: number, filter: number, output: number, stride: number, before: number): Span {
  const needed = (output - 1) * stride + filter;
  const after = needed - before - input;
  return { pad: [before, Math.max(0, after)], length: input + Math.min(0, after) };
}

/**
 * The gradient of a convolution's input: dy, spread by the stride and padded, convolved with the filter turned by 180 degrees
 * and with its channels swapped. The wasm backend's own kernel takes 10 times as long; it stays for what this does not cover.
 */
export function inputGradient(tf: TF): Tf.KernelFunc {
  const kernels = {
    general: tf.getKernel("Conv2DBackpropInput", "wasm").kernelFunc,
    reverse: tf.getKernel("Reverse", "wasm").kernelFunc,
    transpose: tf.getKernel("Transpose", "wasm").kernelFunc,
    convolve: tf.getKernel("Conv2D", "wasm").kernelFunc,
  };
  return ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs;
    const { strides, pad, dimRoundingMode, dataFormat, inputShape } = attrs as unknown as Tf.Conv2DBackpropInputAttrs;
    if (dy === undefined || filter === undefined || dataFormat !== "NHWC") {
      return kernels.general({ inputs, attrs: attrs ?? {}, backend });
    }
    const info = tf.backend_util.computeConv2DInfo(
      inputShape as Shape4,
      filter.shape as Shape4,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const rows = mirroredPad(
      info.inHeight,
      info.filterHeight,
      spreadLength(info.outHeight, info.strideHeight),
      info.padInfo.top,
    );
    const columns = mirroredPad(
      info.inWidth,
      info.filterWidth,
      spreadLength(info.outWidth, info.strideWidth),
      info.padInfo.left,
    );
    if (Math.min(...rows, ...columns) < 0) {
      return kernels.general({ inputs, attrs: attrs ?? {}, backend });
    }
    const kernelBackend = backend as Tf.KernelBackend;
    const isSpread = info.strideHeight !== 1 || info.strideWidth !== 1;
    const spread = isSpread ? spreadByStride(dy, info, backend) : dy;
    const reversed = kernels.reverse({ inputs: { x: filter }, attrs: { dims: [0, 1] }, backend }) as Tf.TensorInfo;
    const turned = kernels.transpose({
      inputs: { x: reversed },
      attrs: { perm: [0, 1, 3, 2] },
      backend,
    }) as Tf.TensorInfo;
    const gradient = kernels.convolve({
      inputs: { x: spread, filter: turned },
      attrs: {
        strides: [1, 1],
        pad: [[0, 0], rows, columns, [0, 0]] as unknown as Tf.Attribute,
        dataFormat: "NHWC",
        dilations: [1, 1],
      },
      backend,
    });
    kernelBackend.disposeData(reversed.dataId);
    kernelBackend.disposeData(turned.dataId);
    if (isSpread) kernelBackend.disposeData(spread.dataId);
    return gradient;
  };
}

const spreadLength = (length: number, stride: number): number => (length - 1) * stride + 1;

/** With zeros between the rows and columns, where the stride passed over the input. */
function spreadByStride(dy: Tf.TensorInfo, info: Tf.backend_util.Conv2DInfo, backend: unknown): Tf.TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  const [height, width] = [spreadLength(outHeight, strideHeight), spreadLength(outWidth, strideWidth)];
  const shape = [batchSize, height, width, outChannels];
  return computeOnHeap(backend, [dy], shape, "float32", (output, values) => {
    let from = 0;
    for (let example = 0; example < batchSize; example++) {
      for (let row = 0; row < outHeight; row++) {
        const start = (example * height + row * strideHeight) * width;
        for (let column = 0; column < outWidth; column++) {
          const to = (start + column * strideWidth) * outChannels;
          for (let channel = 0; channel < outChannels; channel++) output[to + channel] = values[from++] as number;
        }
      }
    }
  });
}

function mirroredPad(input: number, filter: number, output: number, before: number): [number, number] {
  const first = filter - 1 - before;
  return [first, input - output - first + filter - 1];
}
