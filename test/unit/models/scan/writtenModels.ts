/** Definitions as people write them, with sizes that can be replaced. */

export const IMPORT = 'import * as tf from "@tensorflow/tfjs";\n';
export const body = (layers: string) =>
  `${IMPORT}export function net() {\n  return tf.sequential({ layers: [${layers}] });\n}\n`;

/** A definition of some sizes, the larger ones, and the smaller ones; the outputs stay. */
export interface Written {
  readonly file?: string;
  readonly of: (...sizes: readonly number[]) => string;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export const WRITTEN: Readonly<Record<string, Written>> = {
  "names and numbers": {
    of: (a, b) =>
      body(
        `tf.layers.dense({ units: ${a}, inputShape: [4], name: "a" }), tf.layers.dense({ units: ${b} }), tf.layers.dense({ units: 2 })`,
      ),
    before: [30, 20],
    after: [11, 7],
  },
  "layers that are added, with blanks and remarks": {
    of: (a, b) => `${IMPORT}
export const net = async (): Promise<tf.LayersModel> => {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ inputShape: [8, 8, 1], kernelSize: 3, /* many */ filters : ${a} }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.flatten());
  // units: 20
  model.add(tf.layers.dense({ "units": ${b}, activation: "relu" }));
  model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
  return model;
};
`,
    before: [12, 20],
    after: [5, 4],
  },
  "a functional model with branches": {
    of: (a, b, c) => `${IMPORT}
export default function () {
  const inputs = tf.input({ shape: [5] });
  const left = tf.layers.dense({ name: "left", units: ${a} }).apply(inputs) as tf.SymbolicTensor;
  const right = tf.layers.dense({ name: "right", units: ${b} }).apply(inputs) as tf.SymbolicTensor;
  const both = tf.layers.concatenate().apply([left, right]);
  const hidden = tf.layers.dense({ units: ${c} }).apply(both);
  return tf.model({ inputs, outputs: tf.layers.dense({ units: 1 }).apply(hidden) as tf.SymbolicTensor });
}
`,
    before: [16, 8, 9],
    after: [3, 8, 4],
  },
  "constants of one layer each": {
    of: (a, b) => `${IMPORT}const WIDE = ${a};
export function net() {
  const units: number = ${b};
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: WIDE, inputShape: [4] }));
  model.add(tf.layers.dense({ units }));
  model.add(tf.layers.dense({ units: 1 }));
  return model;
}
`,
    before: [64, 32],
    after: [9, 8],
  },
  "a constant of layers that become equally small": {
    of: (a) => `${IMPORT}const WIDTH = ${a} as const;
export const net = () => tf.sequential({ layers: [
  tf.layers.dense({ units: WIDTH, inputShape: [4], name: "a" }), tf.layers.dense({ units: WIDTH, name: "b" }), tf.layers.dense({ units: 1 }),
] });
`,
    before: [24],
    after: [6],
  },
  "recurrent layers, and one in both directions": {
    of: (a, b, c, d) =>
      body(`tf.layers.embedding({ inputDim: 50, outputDim: ${a}, inputLength: 6 }),
  tf.layers.bidirectional({ layer: tf.layers.lstm({ units: ${b}, returnSequences: true }) as tf.RNN, mergeMode: "concat" }),
  tf.layers.timeDistributed({ layer: tf.layers.dense({ units: ${c} }) }),
  tf.layers.gru({ units: ${d} }), tf.layers.dense({ units: 2 })`),
    before: [16, 12, 10, 8],
    after: [7, 5, 4, 3],
  },
  "functions of the file that are called once": {
    of: (a, b) => `${IMPORT}
function stem(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.conv2d({ name: "stem", filters: ${a}, kernelSize: 3 }).apply(x) as tf.SymbolicTensor;
}
const head = (x: tf.SymbolicTensor) => tf.layers.dense({ name: "head", units: ${b} }).apply(x) as tf.SymbolicTensor;
export function net() {
  const inputs = tf.input({ shape: [6, 6, 2] });
  const flat = tf.layers.globalAveragePooling2d({}).apply(stem(inputs)) as tf.SymbolicTensor;
  const outputs = tf.layers.dense({ name: "out", units: 2 }).apply(head(flat)) as tf.SymbolicTensor;
  return tf.model({ inputs, outputs });
}
`,
    before: [16, 10],
    after: [3, 9],
  },
  "a method, as CommonJS": {
    file: "nets.cjs",
    of: (a) => `const tf = require("@tensorflow/tfjs");
class Nets {
  static net() { return tf.sequential({ layers: [tf.layers.dense({ units: ${a}, inputShape: [3] }), this.out()] }); }
  static out() { return tf.layers.dense({ units: 1, name: "out" }); }
}
module.exports = { Nets };
`,
    before: [40],
    after: [1],
  },
  "names that were imported": {
    file: "net.mjs",
    of: (a, b) => `import { sequential, layers } from "@tensorflow/tfjs-layers";
const { dense, separableConv2d: thin } = layers;
export const net = () => sequential({ layers: [thin({ filters: ${a}, kernelSize: 2, inputShape: [4, 4, 2] }), layers.flatten(), dense({ units: ${b} }), dense({ units: 1 })] });
`,
    before: [8, 300],
    after: [2, 17],
  },
  "a model at the top, beside another definition": {
    of: (a, b) => `${IMPORT}
export const net = tf.sequential();
net.add(tf.layers.simpleRNN({ units: ${a}, inputShape: [5, 2] }));
net.add(tf.layers.dense({ units: ${b}, name: "hidden" }));
net.add(tf.layers.dense({ units: 1, name: "out" }));
export function other() { return tf.sequential({ layers: [tf.layers.dense({ units: 300, inputShape: [2] })] }); }
`,
    before: [9, 1_000],
    after: [4, 20],
  },
  "layers of whittle/layers": {
    of: (a, b) => `${IMPORT}import { defineExperiment } from "whittle";
import { multiHeadAttention } from "whittle/layers";
export default defineExperiment({
  model: () => tf.sequential({ layers: [
    tf.layers.conv1d({ filters: 8, kernelSize: 1, inputShape: [6, 4] }),
    multiHeadAttention({ name: "look", heads: ${a}, headWidth: 4 }),
    tf.layers.globalAveragePooling1d({}), tf.layers.dense({ units: ${b} }), tf.layers.dense({ units: 2 }),
  ] }),
  data: "digits",
});
`,
    before: [4, 12],
    after: [3, 5],
  },
};
