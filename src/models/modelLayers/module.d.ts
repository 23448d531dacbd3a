/** Types of the package entry `whittle/layers`: what `createModelLayers` gives, by name. */
import type { ModelLayers } from "./index.ts";

export declare const multiHeadAttention: ModelLayers["multiHeadAttention"];
export declare const rmsNormalization: ModelLayers["rmsNormalization"];
export declare const groupNormalization: ModelLayers["groupNormalization"];
export declare const gaussianSampling: ModelLayers["gaussianSampling"];
export declare const tokenEmbedding: ModelLayers["tokenEmbedding"];
export declare const positionEmbedding: ModelLayers["positionEmbedding"];
