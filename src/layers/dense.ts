import { looksAtAll } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

export const dense: LayerKind = {
  classes: ["Dense"],
  weights: {
    kernel: { axes: ["input", "output"], feeds: { of: "units", by: ["output"] }, carriesInput: true },
    bias: { axes: ["output"] },
  },
  flow: ({ config }) => ({ how: "mix", size: "units", pads: false, pinned: looksAtAll(config["activation"]) }),
};
