/** Made-up networks with made-up holes, from a seed: for what has to hold of any. */
import * as tf from "@tensorflow/tfjs";
import { createRandom } from "../../../src/data/random.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";

type X = tf.SymbolicTensor;
type Layer = tf.layers.Layer;

export interface Draw {
  /** 0 … count − 1 */
  below(count: number): number;
  oneOf<T>(choices: readonly T[]): T;
  chance(probability: number): boolean;
}

export function createDraw(seed: number): Draw {
  const random = createRandom(seed, "compact");
  const below = (count: number): number => Math.floor(random.next() * count);
  return {
    below,
    oneOf: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    chance: (probability) => random.next() < probability,
  };
}

const ACTIVATIONS = ["relu", "tanh", "sigmoid", "linear", "elu", "softplus"] as const;

/** [height, width, channels] → the same or smaller */
function grow(draw: Draw, x: X, depth: number): X {
  const channels = x.shape.at(-1) ?? 1;
  const conv = (filters: number, padding: "same" | "valid" = "same"): Layer =>
    tf.layers.conv2d({
      filters,
      kernelSize: draw.oneOf([1, 3]),
      padding,
      useBias: draw.chance(0.7),
      activation: draw.oneOf(ACTIVATIONS),
    });
  const steps: (() => X)[] = [
    () => conv(2 + draw.below(5)).apply(x) as X,
    () => (Number(x.shape[1]) > 4 ? (conv(2 + draw.below(4), "valid").apply(x) as X) : x),
    () => tf.layers.batchNormalization({}).apply(x) as X,
    () => tf.layers.batchNormalization({}).apply(conv(2 + draw.below(5)).apply(x)) as X,
    () =>
      tf.layers
        .depthwiseConv2d({
          kernelSize: 3,
          padding: "same",
          depthMultiplier: 1 + draw.below(2),
          useBias: draw.chance(0.5),
        })
        .apply(x) as X,
    () =>
      tf.layers
        .separableConv2d({ filters: 2 + draw.below(4), kernelSize: 3, padding: draw.oneOf(["same", "valid"]) })
        .apply(Number(x.shape[1]) > 4 ? x : tf.layers.zeroPadding2d({ padding: 1 }).apply(x)) as X,
    () => tf.layers.conv2dTranspose({ filters: 3, kernelSize: 3, padding: "same" }).apply(x) as X,
    () => (Number(x.shape[1]) > 5 ? (tf.layers.maxPooling2d({ poolSize: 2 }).apply(x) as X) : x),
    () => (Number(x.shape[1]) > 5 ? (tf.layers.averagePooling2d({ poolSize: 2, padding: "same" }).apply(x) as X) : x),
    () => tf.layers.leakyReLU({}).apply(x) as X,
    () => tf.layers.prelu({ sharedAxes: [1, 2] }).apply(x) as X,
    () => tf.layers.dropout({ rate: 0.5 }).apply(x) as X,
    // A residual branch.
    () => tf.layers.add().apply([x, conv(channels).apply(grow2(draw, x)) as X]) as X,
    () => tf.layers.multiply().apply([x, conv(channels).apply(x) as X]) as X,
    () => tf.layers.maximum().apply([x, conv(channels).apply(x) as X]) as X,
    () => tf.layers.concatenate().apply([x, conv(2 + draw.below(3)).apply(x) as X]) as X,
    () => tf.layers.concatenate({ axis: 1 }).apply([x, conv(channels).apply(x) as X]) as X,
    // The same layer twice.
    () => {
      const shared = conv(channels);
      return tf.layers.add().apply([shared.apply(x) as X, shared.apply(tf.layers.leakyReLU({}).apply(x)) as X]) as X;
    },
    // A model inside.
    () => {
      const input = tf.input({ shape: x.shape.slice(1) as number[] });
      const inner = tf.model({ inputs: input, outputs: conv(3).apply(conv(4).apply(input)) as X });
      return inner.apply(x) as X;
    },
  ];
  const next = draw.oneOf(steps)();
  return depth > 0 ? grow(draw, next, depth - 1) : next;
}

const grow2 = (draw: Draw, x: X): X =>
  tf.layers
    .conv2d({ filters: 2 + draw.below(4), kernelSize: 3, padding: "same", activation: draw.oneOf(ACTIVATIONS) })
    .apply(x) as X;

function head(draw: Draw, x: X): X {
  const flat = (draw.chance(0.5) ? tf.layers.flatten() : tf.layers.globalAveragePooling2d({})).apply(x) as X;
  let y = flat;
  for (let count = draw.below(3); count >= 0; count -= 1) {
    y = tf.layers
      .dense({ units: 3 + draw.below(8), activation: draw.oneOf(ACTIVATIONS), useBias: draw.chance(0.8) })
      .apply(y) as X;
    if (draw.chance(0.3)) y = tf.layers.batchNormalization().apply(y) as X;
  }
  if (draw.chance(0.3)) {
    const width = Number(y.shape[1]);
    const parted = tf.layers.reshape({ targetShape: [1, width] }).apply(y);
    y = tf.layers.flatten().apply(tf.layers.conv1d({ filters: 4, kernelSize: 1 }).apply(parted)) as X;
  }
  return tf.layers.dense({ units: 3, activation: draw.oneOf(["softmax", "linear"]) }).apply(y) as X;
}

export function imageModel(draw: Draw): tf.LayersModel {
  const input = tf.input({ shape: [7, 6, 1 + draw.below(3)] });
  const first = grow2(draw, input);
  return tf.model({ inputs: input, outputs: head(draw, grow(draw, first, 1 + draw.below(4))) });
}

export function sequenceModel(draw: Draw): tf.LayersModel {
  const { multiHeadAttention } = createModelLayers(tf);
  const input = tf.input({ shape: [5], dtype: "int32" });
  let x = tf.layers.embedding({ inputDim: 6, outputDim: 8 }).apply(input) as X;
  for (let count = draw.below(3); count >= 0; count -= 1) {
    const width = Number(x.shape.at(-1));
    const units = 2 + draw.below(5);
    const steps: (() => X)[] = [
      () => tf.layers.lstm({ units, returnSequences: true, useBias: draw.chance(0.7) }).apply(x) as X,
      () => tf.layers.gru({ units, returnSequences: true }).apply(x) as X,
      () => tf.layers.simpleRNN({ units, returnSequences: true }).apply(x) as X,
      () =>
        tf.layers
          .bidirectional({
            layer: tf.layers.lstm({ units, returnSequences: true }) as tf.RNN,
            mergeMode: draw.oneOf(["concat", "sum", "ave", "mul"]),
          })
          .apply(x) as X,
      () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units, activation: "relu" }) }).apply(x) as X,
      () => tf.layers.conv1d({ filters: units, kernelSize: 2, activation: "relu" }).apply(x) as X,
      () => tf.layers.layerNormalization().apply(x) as X,
      () => tf.layers.add().apply([x, multiHeadAttention({ heads: 2, headWidth: 3 }).apply(x) as X]) as X,
      () =>
        tf.layers
          .dense({ units: width })
          .apply(multiHeadAttention({ heads: 3, headWidth: 2, causal: draw.chance(0.5) }).apply(x)) as X,
    ];
    if (Number(x.shape[1]) > 1) x = draw.oneOf(steps)();
  }
  const pooled = (draw.chance(0.5) ? tf.layers.globalAveragePooling1d({}) : tf.layers.flatten()).apply(x);
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(pooled) as X });
}

export function denseChain(draw: Draw): tf.LayersModel {
  const model = tf.sequential();
  model.add(tf.layers.dense({ inputShape: [4], units: 4 + draw.below(6), activation: "tanh" }));
  for (let count = draw.below(4); count >= 0; count -= 1) {
    model.add(tf.layers.dense({ units: 3 + draw.below(6), activation: draw.oneOf(ACTIVATIONS) }));
  }
  model.add(tf.layers.dense({ units: 2 }));
  return model;
}

/** Random weights; then whole rows and columns of some, and single ones of all, become 0. */
export function punch(draw: Draw, model: tf.LayersModel): void {
  for (const weight of model.weights) {
    const { shape } = weight;
    const isVariance = weight.originalName.endsWith("variance");
    const values = Float32Array.from({ length: shape.reduce<number>((all, one) => all * (one ?? 1), 1) }, () =>
      isVariance ? 0.5 + draw.below(100) / 100 : (draw.below(2001) - 1000) / 700,
    );
    const columns = shape.at(-1) ?? 1;
    const rows = shape.length > 1 ? (shape.at(-2) ?? 1) : 1;
    const share = draw.oneOf([0, 0.3, 0.6, 0.9]);
    const goneColumns = Uint8Array.from({ length: columns }, () => (draw.chance(share) ? 1 : 0));
    const goneRows = Uint8Array.from({ length: rows }, () => (shape.length > 1 && draw.chance(share) ? 1 : 0));
    for (const index of values.keys()) {
      if (isVariance) continue;
      const isGone = goneColumns[index % columns] === 1 || goneRows[Math.floor(index / columns) % rows] === 1;
      if (isGone || draw.chance(0.2)) values[index] = 0;
    }
    tf.tidy(() => {
      weight.write(tf.tensor(values, shape as number[]));
    });
  }
}

/** Nothing is tied to anything else: each unit may go alone. */
export function convolutionChain(draw: Draw): tf.LayersModel {
  const model = tf.sequential();
  const activation = () => draw.oneOf(ACTIVATIONS);
  model.add(tf.layers.conv2d({ inputShape: [8, 8, 2], filters: 6, kernelSize: 3, activation: activation() }));
  if (draw.chance(0.5)) model.add(tf.layers.batchNormalization());
  model.add(tf.layers.conv2d({ filters: 5, kernelSize: 3, activation: activation(), useBias: draw.chance(0.5) }));
  model.add(draw.chance(0.5) ? tf.layers.maxPooling2d({ poolSize: 2 }) : tf.layers.globalAveragePooling2d({}));
  if ((model.outputs[0]?.shape.length ?? 0) > 2) model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 7, activation: activation() }));
  model.add(tf.layers.dense({ units: 2 }));
  return model;
}
