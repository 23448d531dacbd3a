/** A small classifier around each kind of layer, for the steps that tests and benchmarks take. */
import type * as Tf from "@tensorflow/tfjs";
import { createModelLayers, type ModelLayers } from "../../src/models/modelLayers/index.ts";

type TF = typeof Tf;

export interface LayerCase {
  readonly name: string;
  /** Shape of one example. */
  readonly input: readonly number[];
  /** Inputs are ids below this; else they are normally distributed. */
  readonly ids?: number;
  /** Draws numbers in training. */
  readonly isRandom?: true;
  /** The layers before the classifier. */
  readonly body: (tf: TF, input: Tf.SymbolicTensor) => Tf.SymbolicTensor;
}

const CLASSES = 10;

const apply = (layer: Tf.layers.Layer, input: Tf.SymbolicTensor | Tf.SymbolicTensor[]): Tf.SymbolicTensor =>
  layer.apply(input) as Tf.SymbolicTensor;
const single =
  (make: (layers: TF["layers"], tf: TF) => Tf.layers.Layer): LayerCase["body"] =>
  (tf, input) =>
    apply(make(tf.layers, tf), input);
/** Behind a layer with weights, so that a gradient comes to it and goes through it. */
const between =
  (make: (layers: TF["layers"], tf: TF) => Tf.layers.Layer): LayerCase["body"] =>
  (tf, input) => {
    const units = input.shape.at(-1) ?? 1;
    const before = input.shape.length > 3 ? convolved(tf, input) : apply(tf.layers.dense({ units }), input);
    return apply(make(tf.layers, tf), before);
  };
const convolved = (tf: TF, input: Tf.SymbolicTensor): Tf.SymbolicTensor => {
  const filters = input.shape.at(-1) ?? 1;
  const settings = { filters, kernelSize: 3, padding: "same" } as const;
  return apply(input.shape.length === 5 ? tf.layers.conv3d(settings) : tf.layers.conv2d(settings), input);
};
const merged =
  (make: (layers: TF["layers"]) => Tf.layers.Layer): LayerCase["body"] =>
  (tf, input) =>
    apply(
      make(tf.layers),
      [1, 2].map(() => apply(tf.layers.dense({ units: 64, activation: "tanh" }), input)),
    );

const IMAGE = [12, 12, 8];
const SEQUENCE = [16, 32];
const VECTOR = [64];
const VOLUME = [6, 6, 6, 4];

/** Of `whittle/layers`. */
const own =
  (make: (layers: ModelLayers) => Tf.layers.Layer): LayerCase["body"] =>
  (tf, input) =>
    between((_layers, of) => make(createModelLayers(of)))(tf, input);

export const LAYER_CASES: readonly LayerCase[] = [
  { name: "multiHeadAttention", input: SEQUENCE, body: own((l) => l.multiHeadAttention({ heads: 4, causal: true })) },
  {
    name: "multiHeadAttention without padding",
    input: [16],
    // About a quarter is padding.
    ids: 4,
    body: (tf, input) => {
      const { tokenEmbedding, multiHeadAttention } = createModelLayers(tf);
      const x = apply(tokenEmbedding({ vocabulary: 4, width: 32 }), input);
      return apply(multiHeadAttention({ heads: 4, causal: true }), [x, input]);
    },
  },
  { name: "rmsNormalization", input: SEQUENCE, body: own((l) => l.rmsNormalization()) },
  { name: "groupNormalization", input: IMAGE, body: own((l) => l.groupNormalization({ groups: 4 })) },
  {
    name: "tokenEmbedding",
    input: [16],
    ids: 1000,
    body: (tf, input) =>
      apply(createModelLayers(tf).tokenEmbedding({ vocabulary: 1000, width: 32, positions: 16 }), input),
  },
  { name: "dense", input: VECTOR, body: single((l) => l.dense({ units: 64, activation: "relu" })) },
  {
    name: "conv1d",
    input: SEQUENCE,
    body: single((l) => l.conv1d({ filters: 32, kernelSize: 3, activation: "relu" })),
  },
  { name: "conv2d", input: IMAGE, body: single((l) => l.conv2d({ filters: 16, kernelSize: 3, activation: "relu" })) },
  { name: "conv3d", input: VOLUME, body: between((l) => l.conv3d({ filters: 8, kernelSize: 3 })) },
  {
    name: "conv2dTranspose",
    input: IMAGE,
    body: between((l) => l.conv2dTranspose({ filters: 8, kernelSize: 3, strides: 2, padding: "same" })),
  },
  { name: "depthwiseConv2d", input: IMAGE, body: between((l) => l.depthwiseConv2d({ kernelSize: 3 })) },
  { name: "separableConv2d", input: IMAGE, body: between((l) => l.separableConv2d({ filters: 16, kernelSize: 3 })) },
  {
    name: "embedding",
    input: [24],
    ids: 1000,
    body: single((l) => l.embedding({ inputDim: 1000, outputDim: 32 })),
  },
  { name: "simpleRNN", input: SEQUENCE, body: single((l) => l.simpleRNN({ units: 32 })) },
  { name: "lstm", input: SEQUENCE, body: single((l) => l.lstm({ units: 32 })) },
  { name: "gru", input: SEQUENCE, body: single((l) => l.gru({ units: 32 })) },
  { name: "lstm, sequences", input: SEQUENCE, body: single((l) => l.lstm({ units: 16, returnSequences: true })) },
  {
    name: "lstm with dropout",
    input: SEQUENCE,
    isRandom: true,
    body: single((l) => l.lstm({ units: 16, dropout: 0.2, recurrentDropout: 0.2 })),
  },
  {
    name: "bidirectional",
    input: SEQUENCE,
    body: single((l) => l.bidirectional({ layer: l.gru({ units: 16 }) as Tf.RNN, mergeMode: "concat" })),
  },
  { name: "convLstm2d", input: [4, 8, 8, 4], body: single((l) => l.convLstm2d({ filters: 4, kernelSize: 3 })) },
  {
    name: "timeDistributed",
    input: SEQUENCE,
    body: single((l) => l.timeDistributed({ layer: l.dense({ units: 32 }) })),
  },
  { name: "batchNormalization", input: IMAGE, body: between((l) => l.batchNormalization()) },
  { name: "batchNormalization of vectors", input: VECTOR, body: between((l) => l.batchNormalization()) },
  { name: "layerNormalization", input: SEQUENCE, body: between((l) => l.layerNormalization()) },
  { name: "prelu", input: VECTOR, body: between((l) => l.prelu()) },
  { name: "leakyReLU", input: VECTOR, body: between((l) => l.leakyReLU()) },
  { name: "elu", input: VECTOR, body: between((l) => l.elu()) },
  { name: "reLU to 6", input: VECTOR, body: between((l) => l.reLU({ maxValue: 6 })) },
  { name: "softmax", input: VECTOR, body: between((l) => l.softmax({})) },
  ...(["sigmoid", "tanh", "softplus", "softsign", "selu", "hardSigmoid", "relu6", "swish", "mish"] as const).map(
    (activation): LayerCase => ({
      name: `activation ${activation}`,
      input: VECTOR,
      body: between((l) => l.activation({ activation })),
    }),
  ),
  { name: "dropout", input: VECTOR, isRandom: true, body: between((l) => l.dropout({ rate: 0.3 })) },
  {
    name: "spatialDropout1d",
    input: SEQUENCE,
    isRandom: true,
    body: between((l) => l.spatialDropout1d({ rate: 0.3 })),
  },
  { name: "gaussianNoise", input: VECTOR, isRandom: true, body: between((l) => l.gaussianNoise({ stddev: 0.1 })) },
  { name: "gaussianDropout", input: VECTOR, isRandom: true, body: between((l) => l.gaussianDropout({ rate: 0.3 })) },
  { name: "alphaDropout", input: VECTOR, isRandom: true, body: between((l) => l.alphaDropout({ rate: 0.3 })) },
  {
    name: "gaussianSampling",
    input: VECTOR,
    isRandom: true,
    body: (tf, input) => {
      const [mean, logVariance] = [0, 1].map(() => apply(tf.layers.dense({ units: 8 }), input));
      if (mean === undefined || logVariance === undefined) throw new Error("there are two");
      return apply(createModelLayers(tf).gaussianSampling({ beta: 0.5 }), [mean, logVariance]);
    },
  },
  { name: "maxPooling1d", input: SEQUENCE, body: between((l) => l.maxPooling1d({ poolSize: 2 })) },
  { name: "maxPooling2d", input: IMAGE, body: between((l) => l.maxPooling2d({ poolSize: 2 })) },
  { name: "averagePooling1d", input: SEQUENCE, body: between((l) => l.averagePooling1d({ poolSize: 2 })) },
  { name: "averagePooling2d", input: IMAGE, body: between((l) => l.averagePooling2d({ poolSize: 2 })) },
  { name: "averagePooling3d", input: VOLUME, body: between((l) => l.averagePooling3d({ poolSize: 2 })) },
  { name: "globalAveragePooling2d", input: IMAGE, body: between((l) => l.globalAveragePooling2d({})) },
  { name: "globalMaxPooling2d", input: IMAGE, body: between((l) => l.globalMaxPooling2d({})) },
  { name: "globalMaxPooling1d", input: SEQUENCE, body: between((l) => l.globalMaxPooling1d({})) },
  { name: "upSampling2d", input: IMAGE, body: between((l) => l.upSampling2d({ size: [2, 2] })) },
  { name: "zeroPadding2d", input: IMAGE, body: between((l) => l.zeroPadding2d({ padding: 1 })) },
  {
    name: "cropping2D",
    input: IMAGE,
    body: between((l) =>
      l.cropping2D({
        cropping: [
          [1, 1],
          [2, 2],
        ],
      }),
    ),
  },
  { name: "reshape", input: VECTOR, body: between((l) => l.reshape({ targetShape: [8, 8] })) },
  { name: "permute", input: SEQUENCE, body: between((l) => l.permute({ dims: [2, 1] })) },
  { name: "repeatVector", input: VECTOR, body: between((l) => l.repeatVector({ n: 4 })) },
  {
    name: "masking before lstm",
    input: SEQUENCE,
    body: (tf, input) => apply(tf.layers.lstm({ units: 8 }), apply(tf.layers.masking(), input)),
  },
  { name: "add", input: VECTOR, body: merged((l) => l.add()) },
  { name: "multiply", input: VECTOR, body: merged((l) => l.multiply()) },
  { name: "average", input: VECTOR, body: merged((l) => l.average()) },
  { name: "maximum", input: VECTOR, body: merged((l) => l.maximum()) },
  { name: "minimum", input: VECTOR, body: merged((l) => l.minimum()) },
  { name: "concatenate", input: VECTOR, body: merged((l) => l.concatenate()) },
  { name: "dot", input: VECTOR, body: merged((l) => l.dot({ axes: 1, normalize: true })) },
  {
    name: "kernel regularizer",
    input: VECTOR,
    body: single((l, tf) => l.dense({ units: 32, kernelRegularizer: tf.regularizers.l1l2() })),
  },
];

/** The body with a dense classifier on top, of logits. */
export function buildCase(tf: TF, { input, body }: LayerCase): Tf.LayersModel {
  const inputs = tf.input({ shape: [...input] });
  const features = body(tf, inputs);
  const flat = features.shape.length > 2 ? apply(tf.layers.flatten(), features) : features;
  return tf.model({ inputs, outputs: apply(tf.layers.dense({ units: CLASSES }), flat) });
}

/** A batch of examples and class ids. @param seed not 0, which TensorFlow.js takes for none */
export function drawBatch(
  tf: TF,
  { input, ids }: LayerCase,
  count: number,
  seed: number,
): { x: Tf.Tensor; y: Tf.Tensor } {
  const shape = [count, ...input];
  const x =
    ids === undefined
      ? tf.randomNormal(shape, 0, 1, "float32", seed)
      : tf.floor(tf.randomUniform(shape, 0, ids, "float32", seed));
  return { x, y: tf.cast(tf.floor(tf.randomUniform([count], 0, CLASSES, "float32", seed + 1)), "int32") };
}
