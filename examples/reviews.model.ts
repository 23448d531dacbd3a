// A classifier of texts that reads word by word, in both directions. Its 1,200 made-up examples cannot be told apart by counting words:
// "not dull" is praise, and what comes after "but" decides.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

const VOCABULARY = 100;

export function reviews(vocabulary = VOCABULARY, width = 32, units = 24, dropout = 0.3): tf.LayersModel {
  // Ids; shorter texts begin with zeros.
  const ids = tf.input({ name: "ids", shape: [null] });
  const words = tf.layers.embedding({ name: "words", inputDim: vocabulary, outputDim: width });
  const reader = tf.layers.gru({ name: "reader", units }) as tf.RNN;
  const both = tf.layers.bidirectional({ name: "both", layer: reader, mergeMode: "concat" });
  const read = apply(tf.layers.dropout({ rate: dropout }), apply(both, apply(words, ids)));
  const outputs = apply(tf.layers.dense({ name: "opinion", units: 2, activation: "softmax" }), read);
  return tf.model({ inputs: ids, outputs });
}

function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

export default defineExperiment({
  model: reviews,
  data: "labelled:reviews.jsonl",
  text: { vocabulary: VOCABULARY },
  batchSize: 32,
  optimizer: { name: "adam", learningRate: 0.01 },
  epochs: 15,
  pruning: {
    schedule: "cubic",
    targetSparsity: 0.9,
    ramp: 0.75,
    interval: 1,
    lambda: 3e-4,
    bound: { maxDrop: 1 },
    maxEpochs: 15,
    finetuneEpochs: 5,
  },
});
