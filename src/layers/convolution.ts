import { looksAtAll, padsInput } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

export const convolution: LayerKind = {
  classes: ["Conv1D", "Conv2D", "Conv3D"],
  weights: {
    kernel: { axes: ["position", "input", "output"], feeds: { of: "filters", by: ["output"] }, carriesInput: true },
    bias: { axes: ["output"] },
  },
  flow: ({ config }) =>
    config["dataFormat"] === "channelsFirst"
      ? undefined
      : { how: "mix", size: "filters", pads: padsInput(config), pinned: looksAtAll(config["activation"]) },
};
