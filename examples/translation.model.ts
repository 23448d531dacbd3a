// An encoder-decoder transformer (arXiv 1706.03762): it reads a text, and writes one. Each part normalizes first, and one embedding serves
// what is read, what is written and what comes next (arXiv 1608.05859). `phrases` are pairs of sentences in two made-up languages; data of
// your own are, for one, `parallel:multi30k#de-en`, with a larger VOCABULARY.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";
import { multiHeadAttention, tokenEmbedding } from "whittle/layers";

const VOCABULARY = 200;
/** Most tokens of a text. */
const LENGTH = 64;

type Tensor = tf.SymbolicTensor;
type Part = (normalized: Tensor) => Tensor;

export function translation(vocabulary = VOCABULARY, width = 64, layers = 2, heads = 4, dropout = 0.1): tf.LayersModel {
  // Ids, padded with 0; what has been written so far begins with an id that says so.
  const source = tf.input({ name: "source", shape: [null] });
  const target = tf.input({ name: "target", shape: [null] });
  const tokens = tokenEmbedding({ name: "tokens", vocabulary, width, positions: LENGTH + 1 });

  /** What the part makes is added to what it is given. */
  const residual = (name: string, x: Tensor, part: Part): Tensor => {
    const changed = part(normalize(`${name}_norm`, x));
    return apply(tf.layers.add(), x, apply(tf.layers.dropout({ rate: dropout }), changed));
  };
  const attend = (name: string, x: Tensor, causal: boolean, ...seen: Tensor[]): Tensor =>
    residual(name, x, (normalized) => apply(multiHeadAttention({ name, heads, causal }), normalized, ...seen));
  const feedForward = (name: string, x: Tensor): Tensor =>
    residual(name, x, (normalized) => {
      const wide = tf.layers.dense({ name: `${name}_1`, units: 4 * width, activation: "relu" });
      return apply(tf.layers.dense({ name: `${name}_2`, units: width }), apply(wide, normalized));
    });

  let read = apply(tf.layers.dropout({ rate: dropout }), apply(tokens, source));
  for (let layer = 1; layer <= layers; layer++) {
    read = attend(`read${layer}_attention`, read, false, source);
    read = feedForward(`read${layer}_dense`, read);
  }
  read = normalize("read_norm", read);

  let written = apply(tf.layers.dropout({ rate: dropout }), apply(tokens, target));
  for (let layer = 1; layer <= layers; layer++) {
    written = attend(`write${layer}_attention`, written, true, target);
    written = attend(`write${layer}_source`, written, false, read, source);
    written = feedForward(`write${layer}_dense`, written);
  }
  const next = apply(tokens, normalize("write_norm", written));
  return tf.model({ inputs: [source, target], outputs: apply(tf.layers.activation({ activation: "softmax" }), next) });
}

function normalize(name: string, x: Tensor): Tensor {
  return apply(tf.layers.layerNormalization({ name }), x);
}

function apply(layer: tf.layers.Layer, ...inputs: Tensor[]): Tensor {
  return layer.apply(inputs.length === 1 && inputs[0] ? inputs[0] : inputs) as Tensor;
}

// What it is trained on, and how it is pruned, embedding and attention included: BLEU of what it writes may fall by one point.
export default defineExperiment({
  model: translation,
  data: "phrases",
  // So few steps want none; with data of real languages it helps.
  args: { dropout: 0 },
  text: { vocabulary: VOCABULARY, length: LENGTH },
  generation: { length: LENGTH, examples: 200 },
  metrics: ["bleu"],
  labelSmoothing: 0.1,
  batchSize: 32,
  optimizer: { name: "adam", learningRate: 0.003, warmUp: 0.1 },
  epochs: 4,
  pruning: {
    schedule: "cubic",
    targetSparsity: 0.8,
    ramp: 0.75,
    interval: 1,
    lambda: 1e-4,
    bound: { maxDrop: 1 },
    maxEpochs: 5,
    finetuneEpochs: 2,
  },
});
