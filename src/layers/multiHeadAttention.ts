import type { LayerKind } from "./layerKind.ts";

/** Of whittle/layers, whose class says its units itself. */
export const multiHeadAttention: LayerKind = {
  classes: ["MultiHeadAttention"],
  flow: ({ config, inputs }) => ({
    how: "attend",
    heads: config["heads"] as number,
    features: inputs.filter(({ length }) => length > 2).length,
  }),
};
