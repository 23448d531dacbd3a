// A variational autoencoder of digits (arXiv 1312.6114): 16 numbers say what a picture shows. Its targets are its inputs.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";
import { gaussianSampling } from "whittle/layers";

const SIZE = 28 * 28;
const LATENT = 16;

export function vae(): tf.LayersModel {
  const inputs = tf.input({ shape: [28, 28, 1] });
  const hidden = dense("encoder", apply(tf.layers.flatten(), inputs), 256, "relu");
  const mean = dense("mean", hidden, LATENT, "linear");
  const logVariance = dense("log_variance", hidden, LATENT, "linear");
  // Adds the divergence from the normal distribution to the loss, which is a mean over pixels: so divided by their number.
  const sampled = gaussianSampling({ name: "sampled", beta: 1 / SIZE }).apply([mean, logVariance]) as tf.SymbolicTensor;
  const pixels = dense("pixels", dense("decoder", sampled, 256, "relu"), SIZE, "sigmoid");
  return tf.model({ inputs, outputs: apply(tf.layers.reshape({ targetShape: [28, 28, 1] }), pixels) });
}

function dense(name: string, x: tf.SymbolicTensor, units: number, activation: "relu" | "linear" | "sigmoid") {
  return apply(tf.layers.dense({ name, units, activation }), x);
}

function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

export default defineExperiment({
  model: vae,
  data: "digits",
  targets: "inputs",
  loss: "binaryCrossentropy",
  metrics: ["meanSquaredError"],
  batchSize: 100,
  optimizer: { name: "adam", learningRate: 0.001 },
  epochs: 15,
  pruning: {
    method: "irrelevance",
    lambda: 3e-4,
    floor: 0.3,
    interval: 1,
    tolerance: 0.03,
    // Mean square error of a pixel, black to white being 1.
    bound: { max: 0.02 },
    targetSparsity: 0.85,
    maxEpochs: 30,
    finetuneEpochs: 8,
  },
});
