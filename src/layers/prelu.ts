import type { LayerKind } from "./layerKind.ts";

/** A slope of 0 makes a ReLU: no unit dies of it. */
export const prelu: LayerKind = {
  classes: ["PReLU"],
  weights: { alpha: { axes: ["position", "output"] } },
  flow: () => ({ how: "each" }),
};
