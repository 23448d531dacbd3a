/** All kinds of layers of TensorFlow.js that something is known of. */
import { batchNormalization } from "./batchNormalization.ts";
import { bidirectional } from "./bidirectional.ts";
import { convolution } from "./convolution.ts";
import { convolutionalLstm } from "./convolutionalLstm.ts";
import { dense } from "./dense.ts";
import { depthwiseConvolution } from "./depthwiseConvolution.ts";
import { embedding } from "./embedding.ts";
import { activation, featurewise, permute, zeroPadding } from "./featurewise.ts";
import { gru } from "./gru.ts";
import type { LayerKind } from "./layerKind.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { lstm } from "./lstm.ts";
import { concatenation, merging, multiplication } from "./merging.ts";
import { multiHeadAttention } from "./multiHeadAttention.ts";
import { nestedModel } from "./nestedModel.ts";
import { prelu } from "./prelu.ts";
import { recurrent } from "./recurrent.ts";
import { flatten, reshape } from "./reshaping.ts";
import { separableConvolution } from "./separableConvolution.ts";
import { simpleRnn } from "./simpleRnn.ts";
import { stackedCells } from "./stackedCells.ts";
import { timeDistributed } from "./timeDistributed.ts";
import { transposedConvolution } from "./transposedConvolution.ts";

const LAYER_KINDS: readonly LayerKind[] = [
  dense,
  convolution,
  transposedConvolution,
  depthwiseConvolution,
  separableConvolution,
  embedding,
  simpleRnn,
  gru,
  lstm,
  convolutionalLstm,
  recurrent,
  stackedCells,
  bidirectional,
  timeDistributed,
  nestedModel,
  batchNormalization,
  layerNormalization,
  prelu,
  featurewise,
  activation,
  zeroPadding,
  permute,
  merging,
  multiplication,
  concatenation,
  flatten,
  reshape,
  multiHeadAttention,
];

const BY_CLASS: ReadonlyMap<string, LayerKind> = new Map(
  LAYER_KINDS.flatMap((kind) => kind.classes.map((name) => [name, kind] as const)),
);

/** @param className as `getClassName()` says */
export function kindOfClass(className: string): LayerKind | undefined {
  return BY_CLASS.get(className);
}
