// A regression on a table: prices of 1,500 invented flats, in hundred thousands, with a noise of 0.15. The house number says nothing: pruning
// finds out. Numbers are standardized, words become a column each.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

export function prices(): tf.LayersModel {
  return tf.sequential({
    layers: [
      // Six columns of numbers, two for the parking, four for the districts.
      tf.layers.dense({ name: "fc1", units: 64, activation: "relu", inputShape: [12] }),
      tf.layers.dense({ name: "fc2", units: 32, activation: "relu" }),
      tf.layers.dense({ name: "price", units: 1 }),
    ],
  });
}

export default defineExperiment({
  model: prices,
  data: "csv:prices.csv#price",
  loss: "meanSquaredError",
  metrics: ["rootMeanSquaredError"],
  batchSize: 50,
  optimizer: { name: "adam", learningRate: 0.01 },
  epochs: 100,
  pruning: {
    method: "irrelevance",
    lambda: 1e-3,
    floor: 0.3,
    interval: 2,
    tolerance: 0.2,
    bound: { max: 0.25 },
    targetSparsity: 0.8,
    maxEpochs: 80,
    finetuneEpochs: 20,
  },
});
