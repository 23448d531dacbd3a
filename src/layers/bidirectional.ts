import type { LayerKind } from "./layerKind.ts";

export const bidirectional: LayerKind = { classes: ["Bidirectional"], inside: ["forwardLayer", "backwardLayer"] };
