/**
 * The package entry `whittle/layers` for model definition files: layers that TensorFlow.js lacks, which say what their units are
 * and can be saved.
 *
 *     import { multiHeadAttention } from "whittle/layers";
 *     const attended = multiHeadAttention({ heads: 4 }).apply(x);
 */
import type { TF } from "../../engine/types.ts";
import { createGaussianSampling } from "./gaussianSampling.ts";
import { createGroupNormalization } from "./groupNormalization.ts";
import { createMultiHeadAttention } from "./multiHeadAttention.ts";
import { createPositionEmbedding } from "./positionEmbedding.ts";
import { createRmsNormalization } from "./rmsNormalization.ts";
import { createTokenEmbedding } from "./tokenEmbedding.ts";

export type ModelLayers = ReturnType<typeof makeLayers>;

function makeLayers(tf: TF) {
  return {
    multiHeadAttention: createMultiHeadAttention(tf),
    rmsNormalization: createRmsNormalization(tf),
    groupNormalization: createGroupNormalization(tf),
    gaussianSampling: createGaussianSampling(tf),
    tokenEmbedding: createTokenEmbedding(tf),
    positionEmbedding: createPositionEmbedding(tf),
  };
}

const made = new WeakMap<object, ModelLayers>();

/** The same classes for the same instance of TensorFlow.js. */
export function createModelLayers(tf: TF): ModelLayers {
  const layers = made.get(tf) ?? makeLayers(tf);
  made.set(tf, layers);
  return layers;
}
