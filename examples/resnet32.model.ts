// ResNet-32 for CIFAR-10 (arXiv 1512.03385): 31 convolutions with batch normalization, about 467,000 parameters. Put CIFAR-10's
// binary version (https://www.cs.toronto.edu/~kriz/cifar.html) into the folder that `data` names.
import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

const STAGES = [
  { filters: 16, strides: 1 },
  { filters: 32, strides: 2 },
  { filters: 64, strides: 2 },
];
const BLOCKS = 5;

export function resnet32(): tf.LayersModel {
  const inputs = tf.input({ shape: [32, 32, 3] });
  let x = relu(convolve("stem", inputs, 16, 3, 1));
  for (const [stage, { filters, strides }] of STAGES.entries()) {
    for (let block = 0; block < BLOCKS; block++) {
      x = residual(`stage${stage + 1}_block${block + 1}`, x, filters, block === 0 ? strides : 1);
    }
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const outputs = tf.layers.dense({ name: "head", units: 10, activation: "softmax" }).apply(pooled);
  return tf.model({ inputs, outputs: outputs as tf.SymbolicTensor });
}

function residual(name: string, x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor {
  const inner = convolve(`${name}_b`, relu(convolve(`${name}_a`, x, filters, 3, strides)), filters, 3, 1);
  const shortcut = strides === 1 ? x : convolve(`${name}_shortcut`, x, filters, 1, strides);
  return relu(tf.layers.add().apply([inner, shortcut]) as tf.SymbolicTensor);
}

function convolve(name: string, x: tf.SymbolicTensor, filters: number, kernelSize: number, strides: number) {
  const convolution = tf.layers.conv2d({
    name,
    filters,
    kernelSize,
    strides,
    padding: "same",
    useBias: false,
    kernelInitializer: "heNormal",
  });
  const normalization = tf.layers.batchNormalization({ name: `${name}_norm`, momentum: 0.9, epsilon: 1e-5 });
  return normalization.apply(convolution.apply(x)) as tf.SymbolicTensor;
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.reLU().apply(x) as tf.SymbolicTensor;
}

// What it is trained on, and how it is pruned: 100 epochs in all.
export default defineExperiment({
  model: resnet32,
  data: "cifar10:cifar-10-batches-bin",
  augmentation: { flip: true, crop: 4 },
  batchSize: 128,
  optimizer: { name: "momentum", learningRate: 0.1, warmUp: 0.05, recoverSchedule: "cosine" },
  epochs: 40,
  pruning: {
    schedule: "cubic",
    targetSparsity: 0.8,
    ramp: 0.75,
    interval: 1,
    lambda: 3e-4,
    maxEpochs: 36,
    finetuneEpochs: 24,
  },
});
