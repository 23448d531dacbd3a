/** Models of every kind that Keras has an equal of. */
import * as tf from "@tensorflow/tfjs";
import type { Random } from "../../../../src/data/random.ts";
import { createModelLayers } from "../../../../src/models/modelLayers/index.ts";

type Tensor = tf.SymbolicTensor;

const { layers: L } = tf;
/** Whittle's types are those of the engine's instance, which is this one. */
const own = createModelLayers(tf);
const on = (layer: tf.layers.Layer, ...tensors: readonly Tensor[]): Tensor =>
  layer.apply(tensors.length === 1 ? (tensors[0] as Tensor) : [...tensors]) as Tensor;
const rnn = (layer: tf.layers.Layer) => L.bidirectional({ layer: layer as tf.RNN });

export const MODELS: Readonly<Record<string, () => tf.LayersModel>> = {
  convolutions: () =>
    tf.sequential({
      layers: [
        L.conv2d({ filters: 4, kernelSize: 3, inputShape: [9, 9, 2], activation: "relu", kernelRegularizer: "l1l2" }),
        L.batchNormalization(),
        L.depthwiseConv2d({ kernelSize: 2, padding: "same", depthMultiplier: 2 }),
        L.separableConv2d({ filters: 5, kernelSize: 3, pointwiseConstraint: "maxNorm" }),
        L.leakyReLU({ alpha: 0.2 }),
        L.averagePooling2d({ poolSize: 2 }),
        L.dropout({ rate: 0.3 }),
        L.flatten(),
        L.dense({ units: 4, activation: "swish", kernelInitializer: "leCunNormal" }),
        L.layerNormalization(),
        L.dense({ units: 3, activation: "softmax", trainable: false, useBias: false }),
      ],
    }),
  recurrent: () =>
    tf.sequential({
      layers: [
        L.embedding({ inputDim: 9, outputDim: 4, inputLength: 6 }),
        rnn(L.lstm({ units: 3, returnSequences: true, name: "inside" })),
        L.conv1d({ filters: 4, kernelSize: 2, dilationRate: 2 }),
        L.timeDistributed({ layer: L.dense({ units: 5, activation: "tanh" }) }),
        L.gru({ units: 3, returnSequences: true, recurrentActivation: "sigmoid" }),
        L.gru({ units: 4, returnSequences: true }),
        L.bidirectional({ layer: L.simpleRNN({ units: 2 }) as tf.RNN, mergeMode: "sum" }),
      ],
    }),
  states: () => {
    const x = tf.input({ shape: [5, 3] });
    const [y, h, c] = L.lstm({ units: 3, returnSequences: true, returnState: true }).apply(x) as Tensor[];
    const next = L.lstm({ units: 3, goBackwards: true });
    return tf.model({ inputs: x, outputs: next.apply([y, h, c] as Tensor[]) as Tensor });
  },
  // Two inputs and outputs, of which one is a model's; a layer and two models called several times; weights that are frozen inside.
  branches: () => {
    const [a, b] = [tf.input({ shape: [5], name: "one" }), tf.input({ shape: [5], name: "two/three" })];
    const shared = L.dense({ units: 4, name: "shared/dense" });
    const chain = tf.sequential({
      layers: [L.dense({ units: 4, inputShape: [4], activation: "gelu" as "relu" }), L.batchNormalization()],
    });
    const entry = tf.input({ shape: [4] });
    const wide = on(L.dense({ units: 4, trainable: false }), entry);
    const graph = tf.model({ inputs: entry, outputs: on(L.add(), on(L.dense({ units: 4 }), entry), wide) });
    const left = on(chain, on(shared, a));
    const right = on(graph, on(chain, on(shared, b)));
    const both = on(L.concatenate(), right, left);
    return tf.model({ inputs: [a, b], outputs: [on(graph, left), on(L.dense({ units: 2 }), both)] });
  },
  // Frozen layers that hold others, in a model in a model: in a legacy file the order depends on who is trained.
  frozen: () => {
    const trainable = false;
    const entry = tf.input({ shape: [4, 6] });
    const attended = on(own.multiHeadAttention({ heads: 2, trainable }), entry);
    const normal = on(L.batchNormalization({ trainable }), attended);
    const both = on(
      L.bidirectional({ layer: L.lstm({ units: 3, returnSequences: true }) as tf.RNN, trainable }),
      normal,
    );
    const flat = on(L.flatten(), on(L.timeDistributed({ layer: L.dense({ units: 2 }), trainable }), both));
    const inner = tf.model({ inputs: entry, outputs: on(L.dense({ units: 2 }), on(L.batchNormalization(), flat)) });
    const x = tf.input({ shape: [4, 6] });
    return tf.model({ inputs: x, outputs: on(L.dense({ units: 3 }), on(inner, on(L.layerNormalization(), x))) });
  },
  // Many layers of one class and shape at one depth: weights in another order would go unnoticed.
  parallel: () => {
    const x = tf.input({ shape: [3] });
    const deep = (count: number, from: Tensor): Tensor =>
      count === 0 ? from : deep(count - 1, on(L.dense({ units: 3, activation: "tanh" }), from));
    const parts = [2, 1, 3, 0, 1, 2].map((count) => deep(count, x));
    const [first = x, ...rest] = parts.reverse();
    return tf.model({ inputs: x, outputs: rest.reduce((sum, part) => on(L.add(), part, sum), first) });
  },
  transformer: () => {
    const x = tf.input({ shape: [4, 6] });
    const y = on(own.positionEmbedding(), x);
    const attended = on(
      own.multiHeadAttention({ heads: 2, headWidth: 5, causal: true }),
      on(own.rmsNormalization(), y),
    );
    const normal = on(own.groupNormalization({ groups: 3 }), on(L.add(), y, attended));
    return tf.model({ inputs: x, outputs: on(own.multiHeadAttention({ heads: 3, useBias: false }), normal, x) });
  },
  language: () => {
    const x = tf.input({ shape: [5] });
    const tokens = own.tokenEmbedding({ vocabulary: 9, width: 4, positions: 8 });
    return tf.model({ inputs: x, outputs: on(tokens, on(L.dense({ units: 4 }), on(tokens, x))) });
  },
  // Ids of any length with padding, in both ways in which attention is told of it, and an embedding of two lengths of its own.
  padded: () => {
    const [read, written] = ["read", "written"].map((name) => tf.input({ shape: [null], name })) as [Tensor, Tensor];
    const tokens = own.tokenEmbedding({ vocabulary: 9, width: 6, positions: 8 });
    const [x, y] = [on(tokens, read), on(tokens, written)];
    const known = on(own.multiHeadAttention({ heads: 2 }), x, read);
    const heads = own.multiHeadAttention({ heads: 3, causal: true });
    const asked = on(heads, on(L.add(), y, on(heads, y, written)), written);
    return tf.model({
      inputs: [read, written],
      outputs: [on(tokens, on(own.multiHeadAttention({ heads: 2 }), asked, known, read)), known],
    });
  },
  lengths: () => {
    const [long, short] = [5, 3].map((length) => tf.input({ shape: [length] })) as [Tensor, Tensor];
    const tokens = own.tokenEmbedding({ vocabulary: 9, width: 4, positions: 8 });
    return tf.model({ inputs: [long, short], outputs: [on(tokens, long), on(tokens, short)] });
  },
  places: () => {
    const x = tf.input({ shape: [null, 4] });
    return tf.model({ inputs: x, outputs: on(own.positionEmbedding({ positions: 9 }), on(L.dense({ units: 4 }), x)) });
  },
  "first places": () => {
    const x = tf.input({ shape: [3, 4] });
    return tf.model({ inputs: x, outputs: on(own.positionEmbedding({ positions: 9 }), x) });
  },
  sampling: () => {
    const x = tf.input({ shape: [5] });
    const hidden = on(L.dense({ units: 4 }), x);
    const variance = on(L.dense({ units: 4 }), hidden);
    const z = on(own.gaussianSampling(), on(L.dense({ units: 4 }), hidden), variance);
    return tf.model({ inputs: x, outputs: on(L.dense({ units: 5, activation: "sigmoid" }), z) });
  },
};

/**
 * A graph of layers of one class and width, so that weights in another order would go unnoticed but for what they compute: shared
 * layers, models in models called several times, frozen ones, several inputs and outputs, layers that no output needs.
 */
export function randomModel(random: Random, depth = 0): tf.LayersModel {
  const any = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  const inputs = Array.from({ length: depth > 0 ? 1 : 1 + Math.floor(random.next() * 2) }, () =>
    tf.input({ shape: [3] }),
  );
  const tensors: Tensor[] = [...inputs];
  const callable: tf.layers.Layer[] = [];
  const make = (): tf.layers.Layer => {
    const trainable = random.next() > 0.2;
    if (depth < 2 && random.next() < 0.2) {
      const inner = randomModel(random, depth + 1);
      inner.trainable = trainable;
      return inner;
    }
    return random.next() < 0.2
      ? L.batchNormalization({ trainable })
      : L.dense({ units: 3, activation: "tanh", trainable });
  };
  for (let count = 3 + Math.floor(random.next() * 8); count > 0; count--) {
    if (random.next() < 0.3 && tensors.length > 1) {
      const [one, other] = [any(tensors), any(tensors)];
      if (one !== other) tensors.push(on(any([L.add(), L.maximum(), L.multiply()]), one, other));
      continue;
    }
    const layer = callable.length > 0 && random.next() < 0.3 ? any(callable) : make();
    callable.push(layer);
    tensors.push(on(layer, any(tensors)));
  }
  // The last one needs all inputs; others may be needed by none.
  const last = tensors.at(-1) as Tensor;
  const all = on(L.average(), ...new Set([...inputs, last, on(L.dense({ units: 3 }), any(tensors))]));
  const outputs = depth > 0 || random.next() < 0.5 ? [all] : [...new Set([all, last])];
  return tf.model({ inputs, outputs });
}

/** Of these models all layers are also of TensorFlow.js, so that what is written can be read again. */
export const READ_AGAIN = ["convolutions", "branches", "parallel"] as const;
