import type { LayerKind } from "./layerKind.ts";
import { recurrentWeights } from "./recurrentWeights.ts";

/** Gates: input, forget, cell, output. */
export const lstm: LayerKind = { classes: ["LSTMCell"], weights: recurrentWeights("units", 4) };
