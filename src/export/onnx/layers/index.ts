/** All kinds of layers that have a form in ONNX. */
import type { LayerWriter } from "../layerCall.ts";
import { activation, elu, leakyRelu, prelu, relu, softmax, thresholdedRelu } from "./activationLayers.ts";
import { bidirectional } from "./bidirectional.ts";
import { convolution } from "./convolution.ts";
import { convolutionalLstm } from "./convolutionalLstm.ts";
import { dense } from "./dense.ts";
import { depthwiseConvolution, separableConvolution } from "./depthwiseConvolution.ts";
import { dot } from "./dot.ts";
import { embedding, positionEmbedding, tokenEmbedding } from "./embedding.ts";
import { cropping, upSampling, zeroPadding } from "./images.ts";
import { concatenate, merge } from "./merge.ts";
import { multiHeadAttention } from "./multiHeadAttention.ts";
import { batchNormalization, groupNormalization, layerNormalization, rmsNormalization } from "./normalization.ts";
import { globalPooling, pooling } from "./pooling.ts";
import { recurrent } from "./recurrent.ts";
import { rescaling } from "./rescaling.ts";
import { flatten, permute, repeatVector, reshape } from "./shapes.ts";
import { timeDistributed } from "./timeDistributed.ts";
import { transposedConvolution } from "./transposedConvolution.ts";
import { unchanged } from "./unchanged.ts";

const LAYER_WRITERS: readonly LayerWriter[] = [
  dense,
  convolution,
  depthwiseConvolution,
  separableConvolution,
  transposedConvolution,
  pooling,
  globalPooling,
  batchNormalization,
  layerNormalization,
  rmsNormalization,
  groupNormalization,
  activation,
  relu,
  leakyRelu,
  elu,
  thresholdedRelu,
  prelu,
  softmax,
  unchanged,
  merge,
  concatenate,
  dot,
  flatten,
  reshape,
  permute,
  repeatVector,
  rescaling,
  cropping,
  zeroPadding,
  upSampling,
  embedding,
  tokenEmbedding,
  positionEmbedding,
  multiHeadAttention,
  recurrent,
  convolutionalLstm,
  bidirectional,
  timeDistributed,
];

const BY_CLASS: ReadonlyMap<string, LayerWriter> = new Map(
  LAYER_WRITERS.flatMap((writer) => writer.classes.map((name) => [name, writer] as const)),
);

/** @param className as `getClassName()` says */
export function writerOfClass(className: string): LayerWriter | undefined {
  return BY_CLASS.get(className);
}
