// LeNet-300-100: the classic network of the pruning literature, three dense layers, 266,610 parameters.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

export function lenet300(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ name: "fc1", units: 300, activation: "relu" }),
      tf.layers.dense({ name: "fc2", units: 100, activation: "relu" }),
      // The loss is computed from the values before the softmax, so this costs no precision.
      tf.layers.dense({ name: "fc3", units: 10, activation: "softmax" }),
    ],
  });
}

// What it is trained on, and how it is pruned. Every key has a default; `--set pruning.lambda=1e-4` wins over this.
export default defineExperiment({
  model: lenet300,
  data: "digits",
  batchSize: 100,
  optimizer: { name: "momentum", learningRate: 0.1 },
  epochs: 8,
  pruning: {
    // Irrelevant weights shrink by λ a step, relevant ones by 30 % of that.
    method: "irrelevance",
    lambda: 6e-4,
    floor: 0.3,
    interval: 2,
    tolerance: 0.2,
    targetSparsity: 0.97,
    maxEpochs: 50,
    finetuneEpochs: 15,
  },
});
