import type { LayerKind } from "./layerKind.ts";

/** Of whittle/layers, whose class says its units itself. */
export const multiHeadAttention: LayerKind = {
  classes: ["MultiHeadAttention"],
  flow: ({ config }) => ({ how: "attend", heads: config["heads"] as number }),
};
