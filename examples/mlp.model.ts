// A small network to begin with: two dense layers, 79,510 parameters, pruned in under a minute on any engine.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

export function mlp(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ name: "hidden", units: 100, activation: "relu" }),
      // The loss is computed from the values before the softmax, so this costs no precision.
      tf.layers.dense({ name: "out", units: 10, activation: "softmax" }),
    ],
  });
}

// What it is trained on, and how it is pruned. Every key has a default: see what happens with another λ, or another target.
export default defineExperiment({
  model: mlp,
  data: "digits",
  batchSize: 100,
  optimizer: { name: "momentum", learningRate: 0.1 },
  epochs: 4,
  pruning: {
    // Irrelevant weights shrink by λ a step, relevant ones by 30 % of that.
    method: "irrelevance",
    lambda: 6e-4,
    floor: 0.3,
    interval: 1,
    tolerance: 0.2,
    targetSparsity: 0.9,
    maxEpochs: 16,
    finetuneEpochs: 4,
  },
});
