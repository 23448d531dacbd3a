// LeNet-5 as pruning papers use it (the Caffe variant): two convolutions, two dense layers, 431,080 parameters.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

export function lenet5(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ name: "conv1", inputShape: [28, 28, 1], filters: 20, kernelSize: 5, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ name: "conv2", filters: 50, kernelSize: 5, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "fc1", units: 500, activation: "relu" }),
      // The loss is computed from the values before the softmax, so this costs no precision.
      tf.layers.dense({ name: "fc2", units: 10, activation: "softmax" }),
    ],
  });
}

// What it is trained on, and how it is pruned. Every key has a default; `--set pruning.lambda=1e-4` wins over this.
export default defineExperiment({
  model: lenet5,
  data: "digits",
  batchSize: 100,
  optimizer: { name: "momentum", learningRate: 0.05 },
  epochs: 3,
  pruning: {
    // Irrelevant weights shrink by λ a step, relevant ones by 30 % of that.
    method: "irrelevance",
    lambda: 6e-4,
    floor: 0.3,
    interval: 1,
    tolerance: 0.2,
    targetSparsity: 0.97,
    maxEpochs: 30,
    finetuneEpochs: 5,
  },
});
