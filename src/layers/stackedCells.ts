import type { LayerKind } from "./layerKind.ts";

export const stackedCells: LayerKind = { classes: ["StackedRNNCells"], inside: ["cells"] };
