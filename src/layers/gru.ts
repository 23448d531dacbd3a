import type { LayerKind } from "./layerKind.ts";
import { recurrentWeights } from "./recurrentWeights.ts";

/** Gates: update, reset, candidate. */
export const gru: LayerKind = { classes: ["GRUCell"], weights: recurrentWeights("units", 3) };
