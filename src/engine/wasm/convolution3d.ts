/**
 * Convolutions of volumes, and their gradients, as sums of convolutions of images: one for each place of the filter in depth,
 * over all slices that it meets. The wasm backend's own go from number to number.
 *   y[n,o] = sum over d of conv2d(x[n, o s + d e - front], f[d])
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";
import { computeOnHeap } from "./heap.ts";

type Shape5 = [number, number, number, number, number];

interface Attributes {
  readonly strides: [number, number, number] | number;
  readonly dilations?: [number, number, number] | number;
  readonly pad: "valid" | "same";
  readonly filterShape: Shape5;
  readonly inputShape: Shape5;
}

type Info = Tf.backend_util.Conv3DInfo;

/** Runs kernels, and forgets what they made, but for the last. */
class Steps {
  private readonly made: Tf.TensorInfo[] = [];

  constructor(
    private readonly tf: TF,
    private readonly backend: Tf.KernelBackend,
  ) {}

  run(kernel: string, inputs: Tf.NamedTensorInfoMap, attrs: object = {}): Tf.TensorInfo {
    const { kernelFunc } = this.tf.getKernel(kernel, "wasm");
    const output = kernelFunc({
      inputs,
      attrs: attrs as Tf.NamedAttrMap,
      backend: this.backend,
    }) as Tf.TensorInfo;
    this.made.push(output);
    return output;
  }

  loop(
    inputs: readonly Tf.TensorInfo[],
    shape: readonly number[],
    fill: Parameters<typeof computeOnHeap>[4],
  ): Tf.TensorInfo {
    const output = computeOnHeap(this.backend, inputs, shape, "float32", fill);
    this.made.push(output);
    return output;
  }

  finish(result: Tf.TensorInfo): Tf.TensorInfo {
    for (const one of this.made) if (one !== result) this.backend.disposeData(one.dataId);
    return result;
  }
}

/** A convolution of images with the volume's rows and columns. */
function imageAttributes({ strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo }: Info) {
  return {
    strides: [strideHeight, strideWidth],
    dilations: [dilationHeight, dilationWidth],
    pad: [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ],
    dataFormat: "NHWC",
  };
}

const imageFilter = ({ filterHeight, filterWidth, inChannels, outChannels }: Info) => [
  filterHeight,
  filterWidth,
  inChannels,
  outChannels,
];

const inputImages = ({ batchSize, outDepth, inHeight, inWidth, inChannels }: Info) => [
  batchSize * outDepth,
  inHeight,
  inWidth,
  inChannels,
];

const outputImages = ({ batchSize, outDepth, outHeight, outWidth, outChannels }: Info) => [
  batchSize * outDepth,
  outHeight,
  outWidth,
  outChannels,
];

/** The filter's part at one place in depth. */
function filterAt(steps: Steps, filter: Tf.TensorInfo, info: Info, depth: number): Tf.TensorInfo {
  const shape = imageFilter(info);
  const size = shape.reduce((all, length) => all * length, 1);
  return steps.loop([filter], shape, (part, values) => part.set(values.subarray(depth * size, (depth + 1) * size)));
}

/** @param visit for each slice that one place of the filter meets: its place among the output's slices, and among the volume's */
function eachSlice(info: Info, depth: number, visit: (image: number, slice: number) => void): void {
  const { batchSize, outDepth, inDepth, strideDepth, dilationDepth, padInfo } = info;
  for (let example = 0; example < batchSize; example++) {
    for (let position = 0; position < outDepth; position++) {
      const slice = position * strideDepth + depth * dilationDepth - padInfo.front;
      if (slice >= 0 && slice < inDepth) visit(example * outDepth + position, example * inDepth + slice);
    }
  }
}

/** The slices that one place of the filter meets, as images; zeros where it meets padding. */
function imagesAt(steps: Steps, x: Tf.TensorInfo, info: Info, depth: number): Tf.TensorInfo {
  const size = info.inHeight * info.inWidth * info.inChannels;
  return steps.loop([x], inputImages(info), (images, values) => {
    eachSlice(info, depth, (image, slice) => {
      images.set(values.subarray(slice * size, (slice + 1) * size), image * size);
    });
  });
}

const depths = (info: Info): number[] => Array.from({ length: info.filterDepth }, (_, depth) => depth);

export function convolution3d(tf: TF): Tf.KernelFunc {
  return ({ inputs: { x, filter }, attrs, backend }) => {
    if (x === undefined || filter === undefined) throw new Error("a convolution has two inputs");
    const info = infoOf(tf, x.shape as Shape5, filter.shape as Shape5, attrs as unknown as Attributes);
    const steps = new Steps(tf, backend as Tf.KernelBackend);
    const terms = depths(info).map((depth) =>
      steps.run(
        "Conv2D",
        { x: imagesAt(steps, x, info, depth), filter: filterAt(steps, filter, info, depth) },
        imageAttributes(info),
      ),
    );
    const sum = terms.reduce((a, b) => steps.run("Add", { a, b }));
    return steps.finish(steps.run("Reshape", { x: sum }, { shape: info.outShape }));
  };
}

export function filterGradient3d(tf: TF): Tf.KernelFunc {
  return ({ inputs: { x, dy }, attrs, backend }) => {
    if (x === undefined || dy === undefined) throw new Error("a gradient of a filter has two inputs");
    const { filterShape } = attrs as unknown as Attributes;
    const info = infoOf(tf, x.shape as Shape5, filterShape, attrs as unknown as Attributes);
    const steps = new Steps(tf, backend as Tf.KernelBackend);
    const errors = steps.run("Reshape", { x: dy }, { shape: outputImages(info) });
    const parts = depths(info).map((depth) =>
      steps.run(
        "Conv2DBackpropFilter",
        { x: imagesAt(steps, x, info, depth), dy: errors },
        { ...imageAttributes(info), filterShape: imageFilter(info) },
      ),
    );
    return steps.finish(
      steps.loop(parts, filterShape, (gradient, ...values) => {
        for (const [depth, part] of values.entries()) gradient.set(part, depth * part.length);
      }),
    );
  };
}

export function inputGradient3d(tf: TF): Tf.KernelFunc {
  return ({ inputs: { dy, filter }, attrs, backend }) => {
    if (dy === undefined || filter === undefined) throw new Error("a gradient of an input has two inputs");
    const { inputShape } = attrs as unknown as Attributes;
    const info = infoOf(tf, inputShape, filter.shape as Shape5, attrs as unknown as Attributes);
    const steps = new Steps(tf, backend as Tf.KernelBackend);
    const errors = steps.run("Reshape", { x: dy }, { shape: outputImages(info) });
    const parts = depths(info).map((depth) =>
      steps.run(
        "Conv2DBackpropInput",
        { dy: errors, filter: filterAt(steps, filter, info, depth) },
        { ...imageAttributes(info), inputShape: inputImages(info) },
      ),
    );
    const size = info.inHeight * info.inWidth * info.inChannels;
    return steps.finish(
      steps.loop(parts, inputShape, (gradient, ...values) => {
        for (const [depth, part] of values.entries()) {
          eachSlice(info, depth, (image, slice) => {
            const [from, to] = [image * size, slice * size];
            for (let at = 0; at < size; at++)
              gradient[to + at] = (gradient[to + at] as number) + (part[from + at] as number);
          });
        }
      }),
    );
  };
}

function infoOf(tf: TF, input: Shape5, filter: Shape5, { strides, dilations, pad }: Attributes): Info {
  return tf.backend_util.computeConv3DInfo(input, filter, strides, dilations ?? 1, pad);
}
