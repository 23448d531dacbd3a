/** A small encoder-decoder transformer with large random weights: what it says depends on everything. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import type { TF } from "../../../src/engine/types.ts";
import { SPECIAL } from "../../../src/language/tokenizer.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";

export const VOCABULARY = 37;

/** @param length of sources and of what is written; any where absent */
export function buildTransformer(tf: TF, length: number | null = null, rate = 0.5): Tf.LayersModel {
  const { multiHeadAttention, tokenEmbedding } = createModelLayers(tf);
  const apply = (layer: Tf.layers.Layer, ...inputs: Tf.SymbolicTensor[]): Tf.SymbolicTensor =>
    layer.apply(inputs.length === 1 && inputs[0] ? inputs[0] : inputs) as Tf.SymbolicTensor;
  const norm = (x: Tf.SymbolicTensor) => apply(tf.layers.layerNormalization({}), x);
  const add = (x: Tf.SymbolicTensor, y: Tf.SymbolicTensor) => apply(tf.layers.add(), x, y);
  const feedForward = (x: Tf.SymbolicTensor) =>
    add(x, apply(tf.layers.dense({ units: 16 }), apply(tf.layers.dense({ units: 24, activation: "relu" }), norm(x))));
  const source = tf.input({ name: "source", shape: [length] });
  const target = tf.input({ name: "target", shape: [length] });
  const embedding = tokenEmbedding({ vocabulary: VOCABULARY, width: 16, positions: 20 });
  let read = apply(tf.layers.dropout({ rate }), apply(embedding, source));
  read = feedForward(add(read, apply(multiHeadAttention({ heads: 4 }), norm(read), source)));
  const memory = norm(read);
  let written = apply(embedding, target);
  for (let layer = 0; layer < 2; layer++) {
    written = add(written, apply(multiHeadAttention({ heads: 2, causal: true }), norm(written)));
    written = add(written, apply(multiHeadAttention({ heads: 4, useBias: false }), norm(written), memory, source));
    written = feedForward(written);
  }
  const outputs = apply(tf.layers.activation({ activation: "softmax" }), apply(embedding, norm(written)));
  const model = tf.model({ inputs: [source, target], outputs });
  const random = createRandom("transformer h");
  withSeededMathRandom(random, () =>
    model.setWeights(
      model.getWeights().map((weight) => {
        if (weight.rank === 1) return weight;
        const values = tf.randomNormal(weight.shape, 0, 0.7);
        // The end's row is the longest of all tokens', so that texts end.
        const isEnd = tf.oneHot(tf.tensor1d([SPECIAL.end], "int32"), VOCABULARY, 1.6, 1);
        return weight.shape[0] === VOCABULARY ? tf.mul(values, tf.transpose(isEnd)) : values;
      }),
    ),
  );
  return model;
}

/** Ids of texts of different length, and none of padding. */
export function drawSources(count: number): Int32Array[] {
  const random = createRandom("sources");
  const draw = (most: number): number => Math.floor(most * random.next());
  return Array.from({ length: count }, () => Int32Array.from({ length: 1 + draw(12) }, () => 4 + draw(VOCABULARY - 4)));
}
