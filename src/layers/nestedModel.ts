import type { LayerKind } from "./layerKind.ts";

/** A model as a layer of another one. */
export const nestedModel: LayerKind = { classes: ["Sequential", "Functional", "Model"], inside: ["layers"] };
