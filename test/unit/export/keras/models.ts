/** Models of every kind that Keras has an equal of. */
import * as tf from "@tensorflow/tfjs";
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
  sampling: () => {
    const x = tf.input({ shape: [5] });
    const hidden = on(L.dense({ units: 4 }), x);
    const variance = on(L.dense({ units: 4 }), hidden);
    const z = on(own.gaussianSampling(), on(L.dense({ units: 4 }), hidden), variance);
    return tf.model({ inputs: x, outputs: on(L.dense({ units: 5, activation: "sigmoid" }), z) });
  },
};

/** Of these models all layers are also of TensorFlow.js, so that what is written can be read again. */
export const READ_AGAIN = ["convolutions", "branches", "parallel", "sampling"] as const;
