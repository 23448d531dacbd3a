import type { LayerKind } from "./layerKind.ts";

export const embedding: LayerKind = {
  classes: ["Embedding"],
  weights: {
    embeddings: { axes: ["row", "output"], feeds: { of: "rows", by: ["row"] }, carriesInput: true },
  },
  flow: () => ({ how: "table", size: "outputDim" }),
};
