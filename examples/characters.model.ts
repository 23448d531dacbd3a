// A transformer that reads a text letter by letter, and says at each what comes next. Put a text of a few hundred kilobytes, such as a novel,
// beside this file as input.txt.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";
import { multiHeadAttention, tokenEmbedding } from "whittle/layers";

const VOCABULARY = 256;
/** What it sees at a time. */
const LENGTH = 128;

type Tensor = tf.SymbolicTensor;

export function characters(vocabulary = VOCABULARY, width = 128, layers = 3, heads = 4, dropout = 0.1): tf.LayersModel {
  const ids = tf.input({ name: "ids", shape: [null] });
  const tokens = tokenEmbedding({ name: "tokens", vocabulary, width, positions: LENGTH });
  let x = apply(tf.layers.dropout({ rate: dropout }), apply(tokens, ids));
  for (let layer = 1; layer <= layers; layer++) {
    const name = `layer${layer}`;
    const attention = multiHeadAttention({ name: `${name}_attention`, heads, causal: true });
    x = add(x, apply(attention, normalize(`${name}_norm1`, x)), dropout);
    const wide = tf.layers.dense({ name: `${name}_dense1`, units: 4 * width, activation: "gelu_new" });
    const narrow = tf.layers.dense({ name: `${name}_dense2`, units: width });
    x = add(x, apply(narrow, apply(wide, normalize(`${name}_norm2`, x))), dropout);
  }
  // The rows that ids are looked up in also say what comes next.
  const next = apply(tokens, normalize("norm", x));
  return tf.model({ inputs: ids, outputs: apply(tf.layers.activation({ activation: "softmax" }), next) });
}

function add(x: Tensor, change: Tensor, dropout: number): Tensor {
  return tf.layers.add().apply([x, apply(tf.layers.dropout({ rate: dropout }), change)]) as Tensor;
}

function normalize(name: string, x: Tensor): Tensor {
  return apply(tf.layers.layerNormalization({ name }), x);
}

function apply(layer: tf.layers.Layer, x: Tensor): Tensor {
  return layer.apply(x) as Tensor;
}

// What it is trained on, and how it is pruned: 30 epochs in all.
export default defineExperiment({
  model: characters,
  data: "text:input.txt",
  text: { tokenizer: "character", vocabulary: VOCABULARY, length: LENGTH },
  metrics: ["bitsPerCharacter"],
  batchSize: 32,
  optimizer: { name: "adam", learningRate: 0.001, warmUp: 0.1, recoverSchedule: "cosine" },
  epochs: 12,
  pruning: {
    schedule: "cubic",
    targetSparsity: 0.7,
    ramp: 0.75,
    interval: 1,
    lambda: 3e-4,
    // A twentieth of a bit.
    bound: { maxDrop: 5 },
    maxEpochs: 12,
    finetuneEpochs: 6,
  },
});
