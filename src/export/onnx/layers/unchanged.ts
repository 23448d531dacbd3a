import type { LayerWriter } from "../layerCall.ts";

/** Layers that only do something in training, and give their first input otherwise. */
export const unchanged: LayerWriter = {
  classes: [
    "Dropout",
    "SpatialDropout1D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "ActivityRegularization",
    "GaussianSampling",
  ],
  keepsType: true,
  write: ({ x }) => x,
};
