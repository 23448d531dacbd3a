import { activate } from "../activations.ts";
import type { LayerWriter } from "../layerCall.ts";
import { biasOf, convolutionSchema, kernelOf, kernelPermutation } from "./convolution.ts";
import { readImage } from "./window.ts";

export const transposedConvolution: LayerWriter = {
  classes: ["Conv2DTranspose", "Conv3DTranspose"],
  write(call) {
    const { kernelSize, strides, padding, activation, dataFormat } = call.config(
      convolutionSchema.omit({ dilationRate: true }),
    );
    const { x, output } = readImage(call, dataFormat);
    const beyond = kernelSize.map((size, axis) => size - (strides[axis] ?? 1));
    // What the convolution that this undoes would have padded, which is more at the end where it is odd.
    const pads = beyond.map((each) => (padding === "same" ? Math.max(each, 0) : 0));
    const attributes = {
      strides,
      pads: [...pads.map((pad) => Math.floor(pad / 2)), ...pads.map((pad) => Math.ceil(pad / 2))],
      output_padding: beyond.map((each) => Math.max(-each, 0)),
    };
    // [places, out, in] becomes [in, out, places].
    const kernel = kernelOf(call, "kernel", kernelPermutation(kernelSize.length));
    return activate(
      call,
      output(call.graph.add("ConvTranspose", [x, kernel, ...biasOf(call)], attributes)),
      activation,
    );
  },
};
