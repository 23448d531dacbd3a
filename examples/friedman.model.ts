// A regression on data of its own: ten inputs, of which five say something (Friedman 1991), with noise. Pruning finds which.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

export function friedman(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: "fc1", units: 64, activation: "relu", inputShape: [10] }),
      tf.layers.dense({ name: "fc2", units: 32, activation: "relu" }),
      tf.layers.dense({ name: "out", units: 1 }),
    ],
  });
}

// Math.random is seeded while data are drawn: the same seed gives the same examples.
function* drawExamples() {
  for (let example = 0; example < 4000; example++) {
    const x = Array.from({ length: 10 }, () => Math.random());
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = x;
    // The sum of twelve is nearly normal, with deviation 1.
    const noise = Array.from({ length: 12 }, () => Math.random()).reduce((sum, value) => sum + value, -6);
    yield { x, y: 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + noise };
  }
}

export default defineExperiment({
  model: friedman,
  data: drawExamples,
  loss: "meanSquaredError",
  metrics: ["rootMeanSquaredError"],
  batchSize: 50,
  optimizer: { name: "adam", learningRate: 0.01 },
  epochs: 120,
  pruning: {
    method: "irrelevance",
    lambda: 1e-3,
    floor: 0.3,
    interval: 2,
    tolerance: 0.2,
    // No network can be better than the noise, whose root mean square is 1.
    bound: { max: 1.3 },
    targetSparsity: 0.85,
    maxEpochs: 80,
    finetuneEpochs: 10,
  },
});
