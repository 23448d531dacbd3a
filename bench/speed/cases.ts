/** The steps that are timed: networks, batches, optimizers. The PyTorch twins in bench/peer/speed.py have the same names. */

import type * as Tf from "@tensorflow/tfjs";
import { createRandom, permutation } from "../../src/data/random.ts";
import { type DataSet, sizeOf } from "../../src/data/types.ts";
import type { Runner } from "../../src/engine/graph/runner.ts";
import type { StartedEngine } from "../../src/engine/start.ts";
import type { SettingsInput } from "../../src/protocol/settings.ts";
import type { Network } from "../../src/trainer/network.ts";
import { benchNetwork } from "../benchNetwork.ts";
import { buildCase, LAYER_CASES } from "./layerKinds.ts";
import { createTransformer, TRANSFORMER } from "./transformer.ts";

type TF = typeof Tf;

export interface SpeedCase {
  readonly batch: number;
  readonly settings: SettingsInput;
  readonly learningRate: number;
  /** Shape of one example and the ids below which its values are, if they are ids; likewise the targets. */
  readonly x: { readonly shape: readonly number[]; readonly ids?: number; readonly isBytes?: true };
  readonly y: { readonly shape: readonly number[]; readonly ids: number };
  readonly create: (engine: StartedEngine, runner: Runner) => Network;
}

const momentum = (learningRate: number) => ({
  settings: { optimizer: { name: "momentum", learningRate }, pruning: { floor: 0.3, lambda: 6e-4 } } as const,
  learningRate,
});

function lenet300(tf: TF): Tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ units: 300, activation: "relu" }),
      tf.layers.dense({ units: 100, activation: "relu" }),
      tf.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
}

function lenet5(tf: TF): Tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 20, kernelSize: 5, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 50, kernelSize: 5, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 500, activation: "relu" }),
      tf.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
}

/** ResNet-32 for images of 32 × 32 (arXiv 1512.03385), with a projection where the shape changes. */
function resnet32(tf: TF): Tf.LayersModel {
  const inputs = tf.input({ shape: [32, 32, 3] });
  const apply = (layer: Tf.layers.Layer, ...input: Tf.SymbolicTensor[]) =>
    layer.apply(input.length === 1 ? (input[0] as Tf.SymbolicTensor) : input) as Tf.SymbolicTensor;
  const convolved = (name: string, x: Tf.SymbolicTensor, filters: number, kernelSize: number, strides: number) =>
    apply(
      tf.layers.batchNormalization({ name: `${name}_norm`, epsilon: 1e-5, momentum: 0.9 }),
      apply(
        tf.layers.conv2d({ name: `${name}_conv`, filters, kernelSize, strides, padding: "same", useBias: false }),
        x,
      ),
    );
  const relu = (x: Tf.SymbolicTensor) => apply(tf.layers.reLU(), x);
  let x = relu(convolved("stem", inputs, 16, 3, 1));
  for (const [stage, [filters, first]] of (
    [
      [16, 1],
      [32, 2],
      [64, 2],
    ] as const
  ).entries()) {
    for (let block = 0; block < 5; block++) {
      const name = `blocks_${5 * stage + block}`;
      const strides = block === 0 ? first : 1;
      const inner = convolved(`${name}_b`, relu(convolved(`${name}_a`, x, filters, 3, strides)), filters, 3, 1);
      x = relu(
        apply(tf.layers.add(), inner, strides === 1 ? x : convolved(`${name}_shortcut`, x, filters, 1, strides)),
      );
    }
  }
  const outputs = apply(
    tf.layers.dense({ name: "head", units: 10, activation: "softmax" }),
    apply(tf.layers.globalAveragePooling2d({}), x),
  );
  return tf.model({ inputs, outputs });
}

const IMAGE = [28, 28, 1];

export const CASES: Readonly<Record<string, SpeedCase>> = {
  lenet300: {
    batch: 100,
    ...momentum(0.1),
    x: { shape: IMAGE, isBytes: true },
    y: { shape: [], ids: 10 },
    create: (engine, runner) => benchNetwork(engine, lenet300(engine.tf), IMAGE, runner),
  },
  lenet5: {
    batch: 100,
    ...momentum(0.05),
    x: { shape: IMAGE, isBytes: true },
    y: { shape: [], ids: 10 },
    create: (engine, runner) => benchNetwork(engine, lenet5(engine.tf), IMAGE, runner),
  },
  resnet32: {
    batch: 128,
    ...momentum(0.002),
    x: { shape: [32, 32, 3], isBytes: true },
    y: { shape: [], ids: 10 },
    create: (engine, runner) => benchNetwork(engine, resnet32(engine.tf), [32, 32, 3], runner),
  },
  transformer: {
    batch: 32,
    settings: { optimizer: { name: "adam", learningRate: 1e-3 }, pruning: { floor: 0.3, lambda: 1e-4 } },
    learningRate: 1e-3,
    // Source and target side by side.
    x: { shape: [2, TRANSFORMER.tokens], ids: TRANSFORMER.vocabulary },
    y: { shape: [TRANSFORMER.tokens], ids: TRANSFORMER.vocabulary },
    create: ({ tf, rows }, runner) => createTransformer(tf, runner, rows),
  },
  ...Object.fromEntries(
    LAYER_CASES.map((one): [string, SpeedCase] => [
      one.name,
      {
        batch: 128,
        ...momentum(0.01),
        x: { shape: one.input, ...(one.ids === undefined ? {} : { ids: one.ids }) },
        y: { shape: [], ids: 10 },
        create: (engine, runner) => benchNetwork(engine, buildCase(engine.tf, one), one.input, runner),
      },
    ]),
  ),
};

/** Examples and targets of a batch, the same in every process. */
export function drawBatchOf({ batch, x, y }: SpeedCase, seed: number): { x: Float32Array; y: Int32Array } {
  const random = createRandom("bench", seed);
  const id = (below: number) => Math.floor(random.next() * below);
  return {
    x: Float32Array.from({ length: batch * sizeOf(x.shape) }, () =>
      x.ids === undefined ? 2 * random.next() - 1 : id(x.ids),
    ),
    y: Int32Array.from({ length: batch * sizeOf(y.shape) }, () => id(y.ids)),
  };
}

/**
 * A training set of `count` examples, images as bytes. Of four in five the class shows: where there is nothing to learn,
 * the regularization takes all weights away, and nothing is left to divide by.
 */
function drawTable({ x, y }: SpeedCase, count: number): { x: Float32Array; y: Int32Array } {
  const random = createRandom("bench table");
  const [size, targets] = [sizeOf(x.shape), sizeOf(y.shape)];
  const id = (below: number) => Math.floor(random.next() * below);
  const labels = Int32Array.from({ length: count * targets }, () => id(y.ids));
  const values = Float32Array.from({ length: count * size }, (_, at) => {
    if (x.isBytes !== true) return x.ids === undefined ? 2 * random.next() - 1 : id(x.ids);
    const example = Math.floor(at / size);
    const shown = example % 5 === 0 ? 0 : (labels[example] ?? 0);
    return id(128) + ((at % size) % y.ids === shown ? 127 : 0);
  });
  return { x: values, y: labels };
}

/** As training has it, with the order of its steps: so many batches. */
export function makeTrainingSet(
  one: SpeedCase,
  batches: number,
): { readonly data: DataSet; readonly order: Uint32Array } {
  const count = batches * one.batch;
  const { x, y } = drawTable(one, count);
  const isBytes = one.x.isBytes === true;
  const split = { count, x: isBytes ? Uint8Array.from(x) : x, y };
  const data: DataSet = {
    ...{ spec: "", sha256: "", scale: isBytes ? 1 / 255 : 1, offset: 0 },
    ...{ xShape: one.x.shape, yShape: one.y.shape, train: split, validation: split, test: split },
  };
  return { data, order: permutation(count, createRandom("order")) };
}
