import { z } from "zod";
import { activate } from "../activations.ts";
import type { LayerCall, LayerWriter } from "../layerCall.ts";
import { permuteValues } from "../permute.ts";
import { dataFormatSchema, readImage, windowAttributes } from "./window.ts";

export const convolutionSchema = z.object({
  kernelSize: z.array(z.number()),
  strides: z.array(z.number()),
  dilationRate: z.array(z.number()),
  padding: z.string(),
  dataFormat: dataFormatSchema,
  activation: z.string(),
});

/** A kernel whose axes come from those that `perm` names, and are cut anew where a shape is given. */
export function kernelOf(call: LayerCall, name: string, perm: readonly number[], reshaped?: readonly number[]): string {
  const { constant, shape, read } = call.weight(name);
  const sizes = perm.map((axis) => shape[axis] ?? 1);
  return call.graph.constant(constant, reshaped ?? sizes, () => permuteValues(read(), shape, perm).values);
}

export const biasOf = (call: LayerCall): readonly string[] => (call.hasWeight("bias") ? [call.asIs("bias")] : []);

/** From [places, in, out] to [out, in, places]. */
export function kernelPermutation(places: number): readonly number[] {
  return [places + 1, places, ...Array.from({ length: places }, (_, axis) => axis)];
}

export const convolution: LayerWriter = {
  classes: ["Conv1D", "Conv2D", "Conv3D"],
  write(call) {
    const { kernelSize, dilationRate, activation, dataFormat, ...config } = call.config(convolutionSchema);
    const { x, lengths, output } = readImage(call, dataFormat);
    // TensorFlow.js's Conv3D leaves dilation out.
    const dilations = kernelSize.length === 3 ? [1, 1, 1] : dilationRate;
    const attributes = windowAttributes({ ...config, size: kernelSize, dilations }, lengths);
    const kernel = kernelOf(call, "kernel", kernelPermutation(kernelSize.length));
    return activate(call, output(call.graph.add("Conv", [x, kernel, ...biasOf(call)], attributes)), activation);
  },
};
