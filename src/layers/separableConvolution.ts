import { depthwiseKernel } from "./depthwiseConvolution.ts";
import { looksAtAll, padsInput } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

/** The channels that its first step makes are mixed by the second into the layer's filters. */
export const separableConvolution: LayerKind = {
  classes: ["SeparableConv2D"],
  weights: {
    depthwise_kernel: depthwiseKernel,
    pointwise_kernel: {
      axes: ["position", "inner", "output"],
      feeds: { of: "filters", by: ["output"] },
      carriesInput: true,
    },
    bias: { axes: ["output"] },
  },
  flow: ({ config }) =>
    config["dataFormat"] === "channelsFirst"
      ? undefined
      : { how: "mix", size: "filters", pads: padsInput(config), pinned: looksAtAll(config["activation"]) },
};
