import type { LayerKind } from "./layerKind.ts";

/** Scales every entry of the axes over which it normalizes. */
export const layerNormalization: LayerKind = {
  classes: ["LayerNormalization"],
  weights: {
    gamma: { axes: ["output"], feeds: { of: "features", by: ["output"] }, carriesInput: true },
    beta: { axes: ["output"] },
  },
};
