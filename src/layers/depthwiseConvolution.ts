import { looksAtAll, padsInput } from "./flow.ts";
import type { LayerKind, WeightKind } from "./layerKind.ts";

/** Output channel = input channel · multiplier + index of the multiplier. */
export const depthwiseKernel: WeightKind = {
  axes: ["position", "input", "multiplier"],
  feeds: { of: "channels", by: ["input", "multiplier"] },
  carriesInput: true,
};

export const depthwiseConvolution: LayerKind = {
  classes: ["DepthwiseConv2D"],
  weights: { depthwise_kernel: depthwiseKernel, bias: { axes: ["output"] } },
  flow: ({ config }) =>
    config["dataFormat"] === "channelsFirst"
      ? undefined
      : { how: "mix", pads: padsInput(config), pinned: looksAtAll(config["activation"]) },
};
