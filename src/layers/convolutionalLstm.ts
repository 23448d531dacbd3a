import type { LayerKind } from "./layerKind.ts";
import { recurrentWeights } from "./recurrentWeights.ts";

export const convolutionalLstm: LayerKind = {
  classes: ["ConvLSTM2DCell"],
  weights: recurrentWeights("filters", 4, ["position"]),
};
