import { looksAtAll } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

/** Layers without weights that do the same to every feature. */
export const featurewise: LayerKind = {
  classes: [
    "ReLU",
    "LeakyReLU",
    "ELU",
    "ThresholdedReLU",
    "Dropout",
    "SpatialDropout1D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "UpSampling2D",
    "Cropping2D",
    "RepeatVector",
  ],
  flow: ({ config }) => (config["dataFormat"] === "channelsFirst" ? undefined : { how: "each" }),
};

export const activation: LayerKind = {
  classes: ["Activation"],
  flow: ({ config }) => (looksAtAll(config["activation"]) ? undefined : { how: "each" }),
};

export const zeroPadding: LayerKind = {
  classes: ["ZeroPadding2D"],
  flow: ({ config }) => (config["dataFormat"] === "channelsFirst" ? undefined : { how: "each", pads: true }),
};

/** Positions change places; features may not. */
export const permute: LayerKind = {
  classes: ["Permute"],
  flow: ({ config, output }) => {
    const dims = config["dims"];
    return Array.isArray(dims) && dims.at(-1) === output.length - 1 ? { how: "each" } : undefined;
  },
};
