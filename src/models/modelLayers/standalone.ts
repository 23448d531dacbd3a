/**
 * `whittle/layers` for programs of their own, which open an exported model: the bundle `whittle-layers.js`. It takes the TensorFlow.js
 * of the page, or of the program that requires it, and registers the classes there.
 */
import * as tf from "@tensorflow/tfjs";
import { createModelLayers } from "./index.ts";

if ((tf as unknown) === undefined) {
  throw new Error(
    "whittle-layers.js found no TensorFlow.js: load that first; in an ES module, set globalThis.tf to it.",
  );
}

export const {
  multiHeadAttention,
  rmsNormalization,
  groupNormalization,
  gaussianSampling,
  tokenEmbedding,
  positionEmbedding,
} = createModelLayers(tf);
