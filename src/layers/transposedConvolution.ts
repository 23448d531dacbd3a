import { looksAtAll } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

/** Its kernel is that of the convolution which it turns round: what it gives out comes first. */
export const transposedConvolution: LayerKind = {
  classes: ["Conv2DTranspose", "Conv3DTranspose"],
  weights: {
    kernel: { axes: ["position", "output", "input"], feeds: { of: "filters", by: ["output"] }, carriesInput: true },
    bias: { axes: ["output"] },
  },
  flow: ({ config }) =>
    config["dataFormat"] === "channelsFirst"
      ? undefined
      : { how: "mix", size: "filters", pads: true, pinned: looksAtAll(config["activation"]) },
};
