import type { LayerKind } from "./layerKind.ts";
import { recurrentWeights } from "./recurrentWeights.ts";

export const simpleRnn: LayerKind = { classes: ["SimpleRNNCell"], weights: recurrentWeights("units", 1) };
