// A small vision transformer for CIFAR-10 (arXiv 2010.11929): patches of 4 × 4 pixels, four blocks of attention, 142,000 parameters.
// Put CIFAR-10's binary version (https://www.cs.toronto.edu/~kriz/cifar.html) into the folder that `data` names.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";
import { multiHeadAttention, positionEmbedding } from "whittle/layers";

const PATCH = 4;
const WIDTH = 64;
const BLOCKS = 4;

export function vit(): tf.LayersModel {
  const inputs = tf.input({ shape: [32, 32, 3] });
  const patches = tf.layers.conv2d({ name: "patches", filters: WIDTH, kernelSize: PATCH, strides: PATCH });
  let x = apply(tf.layers.reshape({ targetShape: [(32 / PATCH) ** 2, WIDTH] }), apply(patches, inputs));
  x = apply(positionEmbedding({ name: "positions" }), x);
  for (let block = 1; block <= BLOCKS; block++) x = encode(`block${block}`, x);
  const pooled = apply(tf.layers.globalAveragePooling1d({}), apply(tf.layers.layerNormalization({ name: "norm" }), x));
  const outputs = apply(tf.layers.dense({ name: "head", units: 10, activation: "softmax" }), pooled);
  return tf.model({ inputs, outputs });
}

/** Attention, then two dense layers for each patch; each normalizes first, and is added to what it was given. */
function encode(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const attention = multiHeadAttention({ name: `${name}_attention`, heads: 4 });
  const attended = apply(attention, apply(tf.layers.layerNormalization({ name: `${name}_norm1` }), x));
  const between = apply(tf.layers.add(), x, attended);
  const wide = tf.layers.dense({ name: `${name}_dense1`, units: 2 * WIDTH, activation: "gelu_new" });
  const narrow = tf.layers.dense({ name: `${name}_dense2`, units: WIDTH });
  const normalized = apply(tf.layers.layerNormalization({ name: `${name}_norm2` }), between);
  return apply(tf.layers.add(), between, apply(narrow, apply(wide, normalized)));
}

function apply(layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor {
  return layer.apply(inputs.length === 1 && inputs[0] ? inputs[0] : inputs) as tf.SymbolicTensor;
}

// What it is trained on, and how it is pruned: 90 epochs in all.
export default defineExperiment({
  model: vit,
  data: "cifar10:cifar-10-batches-bin",
  augmentation: { flip: true, crop: 4 },
  batchSize: 128,
  optimizer: { name: "adam", learningRate: 0.001, warmUp: 0.1, recoverSchedule: "cosine" },
  epochs: 40,
  pruning: {
    schedule: "cubic",
    // Weights of patches and positions are small: by one threshold for all, most of these would go, and with them what is seen.
    threshold: "layer",
    targetSparsity: 0.7,
    ramp: 0.75,
    interval: 1,
    lambda: 3e-4,
    maxEpochs: 30,
    finetuneEpochs: 20,
  },
});
