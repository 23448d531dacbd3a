import { z } from "zod";
import { activate } from "../activations.ts";
import type { LayerCall, LayerWriter } from "../layerCall.ts";
import { biasOf, convolutionSchema, kernelOf } from "./convolution.ts";
import { readImage, windowAttributes } from "./window.ts";

/** Kernels [height, width, channels, multiplier], whose outputs are channel by channel. */
export function depthwiseKernel(call: LayerCall): string {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = call.weight("depthwise_kernel").shape;
  return kernelOf(call, "depthwise_kernel", [2, 3, 0, 1], [channels * multiplier, 1, height, width]);
}

export const depthwiseConvolution: LayerWriter = {
  classes: ["DepthwiseConv2D"],
  write(call) {
    const { kernelSize, activation, dataFormat, ...config } = call.config(convolutionSchema);
    const { x, lengths, channels, output } = readImage(call, dataFormat);
    // TensorFlow.js leaves dilation out.
    const attributes = { ...windowAttributes({ ...config, size: kernelSize }, lengths), group: channels };
    const y = call.graph.add("Conv", [x, depthwiseKernel(call), ...biasOf(call)], attributes);
    return activate(call, output(y), activation);
  },
};

const separableSchema = convolutionSchema.extend({ dataFormat: z.literal("channelsLast") });

export const separableConvolution: LayerWriter = {
  classes: ["SeparableConv2D"],
  write(call) {
    if (call.layer.getConfig()["dataFormat"] !== "channelsLast") {
      throw call.fail("has its channels first, which TensorFlow.js itself cannot compute");
    }
    const { kernelSize, dilationRate, activation, dataFormat, ...config } = call.config(separableSchema);
    const { x, lengths, channels, output } = readImage(call, dataFormat);
    const attributes = windowAttributes({ ...config, size: kernelSize, dilations: dilationRate }, lengths);
    const inner = call.graph.add("Conv", [x, depthwiseKernel(call)], { ...attributes, group: channels });
    const pointwise = kernelOf(call, "pointwise_kernel", [3, 2, 0, 1]);
    return activate(call, output(call.graph.add("Conv", [inner, pointwise, ...biasOf(call)])), activation);
  },
};
