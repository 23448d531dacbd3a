/** A small language model with large random weights: what it says depends on all that it sees. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import type { TF } from "../../../src/engine/types.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";

export const VOCABULARY = 23;
/** Tokens that it sees. */
export const LONGEST = 10;

export function buildLanguageModel(tf: TF): Tf.LayersModel {
  const { multiHeadAttention, tokenEmbedding } = createModelLayers(tf);
  const apply = (layer: Tf.layers.Layer, x: Tf.SymbolicTensor): Tf.SymbolicTensor =>
    layer.apply(x) as Tf.SymbolicTensor;
  const norm = (x: Tf.SymbolicTensor) => apply(tf.layers.layerNormalization({}), x);
  const add = (x: Tf.SymbolicTensor, y: Tf.SymbolicTensor) => tf.layers.add().apply([x, y]) as Tf.SymbolicTensor;
  const ids = tf.input({ shape: [null] });
  const embedding = tokenEmbedding({ vocabulary: VOCABULARY, width: 12, positions: LONGEST });
  let x = apply(embedding, ids);
  for (let layer = 0; layer < 2; layer++) {
    x = add(x, apply(multiHeadAttention({ heads: 3, causal: true }), norm(x)));
    x = add(x, apply(tf.layers.dense({ units: 12, activation: "relu" }), norm(x)));
  }
  const outputs = apply(tf.layers.activation({ activation: "softmax" }), apply(embedding, norm(x)));
  const model = tf.model({ inputs: ids, outputs });
  withSeededMathRandom(createRandom("language model"), () =>
    model.setWeights(
      model
        .getWeights()
        .map((weight) => (weight.rank === 1 ? weight : tf.randomNormal(weight.shape, 0, 0.8, "float32"))),
    ),
  );
  return model;
}
