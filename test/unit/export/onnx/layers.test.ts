import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { startEngine } from "../../../../src/engine/start.ts";
import type { TF } from "../../../../src/engine/types.ts";
import { writerOfClass } from "../../../../src/export/onnx/layers/index.ts";
import { createModelLayers, type ModelLayers } from "../../../../src/models/modelLayers/index.ts";
import { makeAll } from "../../layers/weightedClasses.ts";
import { compareInOnnxRuntime } from "./compare.ts";

type Make = (tf: TF, own: ModelLayers) => Tf.layers.Layer | readonly Tf.layers.Layer[];

interface Case {
  readonly shape: readonly (number | null)[];
  readonly make: Make;
  readonly ids?: number;
}

const IMAGE = [9, 8, 3];
const SEQUENCE = [5, 4];

const same = { padding: "same" } as const;

const ACTIVATIONS = [
  "elu",
  "hardSigmoid",
  "linear",
  "relu",
  "relu6",
  "selu",
  "sigmoid",
  "softmax",
  "softplus",
  "softsign",
  "tanh",
  "swish",
  "mish",
  "gelu",
  "gelu_new",
] as const;

const CASES: Readonly<Record<string, Case>> = {
  dense: { shape: [6], make: (tf) => tf.layers.dense({ units: 4 }) },
  "dense, without bias": { shape: [6], make: (tf) => tf.layers.dense({ units: 4, useBias: false }) },
  "dense of sequences": { shape: SEQUENCE, make: (tf) => tf.layers.dense({ units: 3, activation: "tanh" }) },
  "dense of sequences of any length": { shape: [null, 4], make: (tf) => tf.layers.dense({ units: 3 }) },
  conv1d: { shape: [9, 3], make: (tf) => tf.layers.conv1d({ filters: 4, kernelSize: 3 }) },
  "conv1d, same, any length": {
    shape: [null, 3],
    make: (tf) => tf.layers.conv1d({ filters: 4, kernelSize: 3, ...same }),
  },
  conv2d: { shape: IMAGE, make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: [3, 2], activation: "relu" }) },
  "conv2d, same": { shape: IMAGE, make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: 4, ...same }) },
  "conv2d, same, strides": {
    shape: IMAGE,
    make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: [3, 4], strides: [2, 3], useBias: false, ...same }),
  },
  "conv2d, same, strides, any size": {
    shape: [null, null, 3],
    make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, ...same }),
  },
  "conv2d, dilated": {
    shape: IMAGE,
    make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: 2, dilationRate: [2, 3], ...same }),
  },
  "conv2d, channels first, softmax": {
    shape: [3, 9, 8],
    make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: 3, dataFormat: "channelsFirst", activation: "softmax" }),
  },
  "conv2d, softmax": {
    shape: IMAGE,
    make: (tf) => tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "softmax" }),
  },
  conv3d: {
    shape: [5, 6, 4, 2],
    make: (tf) => tf.layers.conv3d({ filters: 3, kernelSize: [2, 3, 2], strides: 2, ...same }),
  },
  depthwiseConv2d: {
    shape: IMAGE,
    make: (tf) =>
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, activation: "relu6", ...same }),
  },
  separableConv2d: {
    shape: IMAGE,
    make: (tf) =>
      tf.layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, activation: "elu", ...same }),
  },
  conv2dTranspose: {
    shape: [4, 5, 3],
    make: (tf) => tf.layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2 }),
  },
  "conv2dTranspose, same": {
    shape: [4, 5, 3],
    make: (tf) =>
      tf.layers.conv2dTranspose({ filters: 4, kernelSize: [3, 4], strides: 2, activation: "relu", ...same }),
  },
  "conv2dTranspose, strides beyond the kernel": {
    shape: [4, 5, 3],
    make: (tf) => tf.layers.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 3 }),
  },
  conv3dTranspose: {
    shape: [3, 4, 2, 2],
    make: (tf) => tf.layers.conv3dTranspose({ filters: 3, kernelSize: 3, strides: 2, ...same }),
  },
  maxPooling1d: { shape: [9, 3], make: (tf) => tf.layers.maxPooling1d({ poolSize: 2 }) },
  averagePooling1d: { shape: [9, 3], make: (tf) => tf.layers.averagePooling1d({ poolSize: 3, strides: 2, ...same }) },
  maxPooling2d: { shape: IMAGE, make: (tf) => tf.layers.maxPooling2d({ poolSize: [2, 3], strides: 2, ...same }) },
  "maxPooling2d, channels first": {
    shape: [3, 9, 8],
    make: (tf) => tf.layers.maxPooling2d({ poolSize: 2, dataFormat: "channelsFirst" }),
  },
  averagePooling2d: { shape: IMAGE, make: (tf) => tf.layers.averagePooling2d({ poolSize: 3, strides: 2, ...same }) },
  "averagePooling2d, same, any size": {
    shape: [null, null, 3],
    make: (tf) => tf.layers.averagePooling2d({ poolSize: 3, strides: 2, ...same }),
  },
  maxPooling3d: { shape: [4, 6, 4, 2], make: (tf) => tf.layers.maxPooling3d({ poolSize: 2 }) },
  averagePooling3d: { shape: [5, 6, 4, 2], make: (tf) => tf.layers.averagePooling3d({ poolSize: 2, ...same }) },
  globalMaxPooling1d: { shape: SEQUENCE, make: (tf) => tf.layers.globalMaxPooling1d() },
  globalAveragePooling1d: { shape: [null, 4], make: (tf) => tf.layers.globalAveragePooling1d() },
  globalMaxPooling2d: { shape: [3, 9, 8], make: (tf) => tf.layers.globalMaxPooling2d({ dataFormat: "channelsFirst" }) },
  "globalAveragePooling2d behind a convolution": {
    shape: IMAGE,
    make: (tf) => [tf.layers.conv2d({ filters: 4, kernelSize: 3 }), tf.layers.globalAveragePooling2d({})],
  },
  "batchNormalization of vectors": { shape: [6], make: (tf) => tf.layers.batchNormalization() },
  "batchNormalization of sequences": { shape: SEQUENCE, make: (tf) => tf.layers.batchNormalization({ scale: false }) },
  "batchNormalization of images": {
    shape: IMAGE,
    make: (tf) => tf.layers.batchNormalization({ epsilon: 0.1, center: false }),
  },
  layerNormalization: { shape: SEQUENCE, make: (tf) => tf.layers.layerNormalization() },
  "layerNormalization of two axes": {
    shape: SEQUENCE,
    make: (tf) => tf.layers.layerNormalization({ axis: [1, 2], epsilon: 0.1, scale: false }),
  },
  "layerNormalization of an axis in the middle": {
    shape: [4, 5, 6],
    make: (tf) => tf.layers.layerNormalization({ axis: 2 }),
  },
  "layerNormalization without shift": { shape: [6], make: (tf) => tf.layers.layerNormalization({ center: false }) },
  reLU: { shape: [6], make: (tf) => tf.layers.reLU() },
  "reLU with a largest value": { shape: [6], make: (tf) => tf.layers.reLU({ maxValue: 1.5 }) },
  leakyReLU: { shape: [6], make: (tf) => tf.layers.leakyReLU({ alpha: 0.2 }) },
  "prelu behind a convolution": {
    shape: IMAGE,
    make: (tf) => [tf.layers.conv2d({ filters: 4, kernelSize: 3 }), tf.layers.prelu({ sharedAxes: [1, 2] })],
  },
  elu: { shape: [6], make: (tf) => tf.layers.elu() },
  thresholdedReLU: { shape: [6], make: (tf) => tf.layers.thresholdedReLU({ theta: 0.5 }) },
  softmax: { shape: SEQUENCE, make: (tf) => tf.layers.softmax({ axis: 2 }) },
  "flatten behind a convolution": {
    shape: IMAGE,
    make: (tf) => [tf.layers.conv2d({ filters: 4, kernelSize: 3 }), tf.layers.flatten(), tf.layers.dense({ units: 3 })],
  },
  "flatten, channels first": { shape: [3, 9, 8], make: (tf) => tf.layers.flatten({ dataFormat: "channelsFirst" }) },
  reshape: { shape: [6, 4], make: (tf) => tf.layers.reshape({ targetShape: [3, null as unknown as number, 2] }) },
  "permute behind a convolution": {
    shape: IMAGE,
    make: (tf) => [tf.layers.conv2d({ filters: 4, kernelSize: 3 }), tf.layers.permute({ dims: [3, 1, 2] })],
  },
  "rescaling behind a convolution": {
    shape: IMAGE,
    make: (tf) => [tf.layers.conv2d({ filters: 4, kernelSize: 1 }), tf.layers.rescaling({ scale: 0.5, offset: -1 })],
  },
  convLstm2d: { shape: [3, 6, 5, 2], make: (tf) => tf.layers.convLstm2d({ filters: 3, kernelSize: 3 }) },
  "convLstm2d, backwards, all steps, same, strides": {
    shape: [3, 6, 5, 2],
    make: (tf) =>
      tf.layers.convLstm2d({
        filters: 3,
        kernelSize: [2, 3],
        strides: 2,
        goBackwards: true,
        returnSequences: true,
        recurrentActivation: "sigmoid",
        activation: "elu",
        useBias: false,
        ...same,
      }),
  },
  repeatVector: { shape: [6], make: (tf) => tf.layers.repeatVector({ n: 3 }) },
  cropping2D: {
    shape: IMAGE,
    make: (tf) => [
      tf.layers.conv2d({ filters: 4, kernelSize: 1 }),
      tf.layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 3],
        ] as unknown as [[number, number], [number, number]],
      }),
    ],
  },
  zeroPadding2d: {
    shape: IMAGE,
    make: (tf) =>
      tf.layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
  },
  "zeroPadding2d, channels first": {
    shape: [3, 9, 8],
    make: (tf) => tf.layers.zeroPadding2d({ padding: 1, dataFormat: "channelsFirst" }),
  },
  upSampling2d: { shape: IMAGE, make: (tf) => tf.layers.upSampling2d({ size: [2, 3] }) },
  "upSampling2d, between pixels": {
    shape: IMAGE,
    make: (tf) => tf.layers.upSampling2d({ size: [2, 3], interpolation: "bilinear" }),
  },
  embedding: { shape: [5], ids: 7, make: (tf) => tf.layers.embedding({ inputDim: 7, outputDim: 3 }) },
  "embedding of sequences of any length": {
    shape: [null],
    ids: 7,
    make: (tf) => tf.layers.embedding({ inputDim: 7, outputDim: 3 }),
  },
  "what only acts in training": {
    shape: SEQUENCE,
    make: (tf) => [
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.spatialDropout1d({ rate: 0.5 }),
      tf.layers.gaussianNoise({ stddev: 1 }),
      tf.layers.gaussianDropout({ rate: 0.5 }),
      tf.layers.alphaDropout({ rate: 0.5 }),
    ],
  },
  "timeDistributed dense": {
    shape: SEQUENCE,
    make: (tf) => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3 }) }),
  },
  "timeDistributed convolution, any length": {
    shape: [null, 6, 5, 2],
    make: (tf) => tf.layers.timeDistributed({ layer: tf.layers.conv2d({ filters: 3, kernelSize: 2 }) }),
  },
  "multiHeadAttention, causal": {
    shape: [5, 6],
    make: (_, own) => own.multiHeadAttention({ heads: 2, causal: true }),
  },
  "multiHeadAttention, wide heads, any length": {
    shape: [null, 6],
    make: (_, own) => own.multiHeadAttention({ heads: 3, headWidth: 5, useBias: false }),
  },
  tokenEmbedding: {
    shape: [5],
    ids: 7,
    make: (_, own) => own.tokenEmbedding({ vocabulary: 7, width: 3, positions: 9 }),
  },
  "tokenEmbedding of any length": {
    shape: [null],
    ids: 7,
    make: (_, own) => own.tokenEmbedding({ vocabulary: 7, width: 3, positions: 9 }),
  },
  positionEmbedding: { shape: SEQUENCE, make: (_, own) => own.positionEmbedding() },
  "positionEmbedding of any length": {
    shape: [null, 3],
    make: (_, own) => own.positionEmbedding({ positions: 9 }),
  },
  rmsNormalization: { shape: SEQUENCE, make: (_, own) => own.rmsNormalization({ epsilon: 0.1 }) },
  "groupNormalization of images": { shape: [6, 5, 4], make: (_, own) => own.groupNormalization({ groups: 2 }) },
  "groupNormalization of sequences": {
    shape: [5, 6],
    make: (_, own) => own.groupNormalization({ groups: 3, epsilon: 0.1 }),
  },
  ...Object.fromEntries(
    ACTIVATIONS.map((activation) => [
      `the activation ${activation}`,
      { shape: SEQUENCE, make: (tf: TF) => tf.layers.activation({ activation }) },
    ]),
  ),
};

const RECURRENT = {
  simpleRNN: (tf: TF, settings: object) => tf.layers.simpleRNN({ units: 3, ...settings }),
  gru: (tf: TF, settings: object) => tf.layers.gru({ units: 3, ...settings }),
  lstm: (tf: TF, settings: object) => tf.layers.lstm({ units: 3, ...settings }),
} as const;

const OPTIONS: Readonly<Record<string, object>> = {
  "": {},
  ", all steps": { returnSequences: true },
  ", backwards": { goBackwards: true },
  ", backwards, all steps": { goBackwards: true, returnSequences: true },
  ", without bias": { useBias: false, recurrentActivation: "sigmoid", activation: "softsign" },
};

describe("every kind of layer gives the same in onnxruntime", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await startEngine("cpu"));
  });

  const build = ({ shape, make }: Case): Tf.LayersModel => {
    const input = tf.input({ shape: [...shape] });
    const layers = [make(tf, createModelLayers(tf))].flat() as Tf.layers.Layer[];
    const outputs = layers.reduce((x, layer) => layer.apply(x) as Tf.SymbolicTensor, input);
    return tf.model({ inputs: input, outputs });
  };

  it("all classes of TensorFlow.js are among them, but for those that README.md names", () => {
    const classes = new Set(makeAll(tf).map((layer) => layer.getClassName()));
    const others = [...classes].filter((name) => writerOfClass(name) === undefined && !/Cells?$/.test(name));
    const unwritten = ["CategoryEncoding", "CenterCrop", "Masking", "RandomWidth", "Resizing"];
    assert.deepEqual(others.sort(), [...unwritten, "InputLayer", "Model", "Sequential"].sort());
  });

  for (const [name, one] of Object.entries(CASES)) {
    it(name, () => compareInOnnxRuntime(tf, build(one), one.ids === undefined ? {} : { ids: one.ids }));
  }

  for (const [kind, make] of Object.entries(RECURRENT)) {
    for (const [what, settings] of Object.entries(OPTIONS)) {
      const own =
        kind === "simpleRNN"
          ? Object.fromEntries(Object.entries(settings).filter(([key]) => key !== "recurrentActivation"))
          : settings;
      it(`${kind}${what}`, () => compareInOnnxRuntime(tf, build({ shape: SEQUENCE, make: () => make(tf, own) })));
      for (const mergeMode of ["concat", "sum", "ave", "mul"] as const) {
        it(`${kind}${what}, in both directions, ${mergeMode}`, () =>
          compareInOnnxRuntime(
            tf,
            build({
              shape: [null, 4],
              make: () => tf.layers.bidirectional({ layer: make(tf, own) as Tf.RNN, mergeMode }),
            }),
          ));
      }
    }
    it(`${kind} with its state, in and out`, () => {
      const states = (kind === "lstm" ? ["h", "c"] : ["h"]).map((name) =>
        tf.input({ shape: [3], name: `${kind}_${name}` }),
      );
      const input = tf.input({ shape: SEQUENCE });
      const layer = make(tf, { returnState: true, returnSequences: true });
      const outputs = layer.apply(input, { initialState: states }) as Tf.SymbolicTensor[];
      return compareInOnnxRuntime(tf, tf.model({ inputs: [input, ...states], outputs }));
    });
  }

  // TensorFlow.js's cpu and wasm backends stretch the statistics along the wrong axis here.
  it("batchNormalization, channels first, as of channels that are moved to the end and back", () => {
    const [first, last] = [tf.input({ shape: [3, 9, 8] }), tf.input({ shape: [3, 9, 8] })];
    const moved = [
      tf.layers.permute({ dims: [2, 3, 1] }),
      tf.layers.batchNormalization(),
      tf.layers.permute({ dims: [3, 1, 2] }),
    ].reduce((x, layer) => layer.apply(x) as Tf.SymbolicTensor, last);
    const outputs = tf.layers.batchNormalization({ axis: 1 }).apply(first) as Tf.SymbolicTensor;
    return compareInOnnxRuntime(tf, tf.model({ inputs: first, outputs }), {
      like: tf.model({ inputs: last, outputs: moved }),
    });
  });

  it("convLstm2d with its state", () => {
    const input = tf.input({ shape: [3, 6, 5, 2] });
    const layer = tf.layers.convLstm2d({ filters: 3, kernelSize: 3, returnState: true });
    return compareInOnnxRuntime(tf, tf.model({ inputs: input, outputs: layer.apply(input) as Tf.SymbolicTensor[] }));
  });

  it("recurrent cells above one another", () => {
    const cells = [
      tf.layers.lstmCell({ units: 3 }),
      tf.layers.gruCell({ units: 2 }),
      tf.layers.simpleRNNCell({ units: 4 }),
    ];
    const make = () => tf.layers.rnn({ cell: cells, goBackwards: true, returnSequences: true, returnState: true });
    const input = tf.input({ shape: SEQUENCE });
    return compareInOnnxRuntime(tf, tf.model({ inputs: input, outputs: make().apply(input) as Tf.SymbolicTensor[] }));
  });
});
