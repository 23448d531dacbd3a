import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { kindOfClass } from "../../../src/layers/index.ts";
import { findWeightRoles } from "../../../src/layers/weightRoles.ts";
import type { UnitWord, WeightRole } from "../../../src/protocol/units.ts";
import { collectWeightedClasses } from "./weightedClasses.ts";

interface Row {
  readonly what: string;
  /** @param input shape of one example */
  readonly make: (input: number[]) => tf.layers.Layer;
  readonly input: number[];
  /** Counted by hand, by the weight's name within the layer; biases and the like feed no units and are not named. */
  readonly units: Readonly<Record<string, readonly [count: number, of: UnitWord]>>;
  /** Of weights whose units can be seen in what the layer gives out: the number of unit 0 there. */
  readonly seen: Readonly<Record<string, number>>;
  /** The axes of the output that count units; the last ones where no end is given. */
  readonly outputs: readonly [from: number, to?: number];
  /** Replaces what the model is fed with, and random values of weights. */
  readonly feed?: () => tf.Tensor;
  readonly values?: Readonly<Record<string, () => tf.Tensor>>;
}

const lstm = (units: number) => tf.layers.lstm({ units, name: "cells" }) as tf.RNN;

const ROWS: readonly Row[] = [
  {
    what: "dense",
    make: (inputShape) => tf.layers.dense({ inputShape, units: 5 }),
    input: [4],
    units: { kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "conv1d",
    make: (inputShape) => tf.layers.conv1d({ inputShape, filters: 5, kernelSize: 3 }),
    input: [6, 2],
    units: { kernel: [5, "filters"] },
    seen: { kernel: 0 },
    outputs: [2],
  },
  {
    what: "conv2d",
    make: (inputShape) => tf.layers.conv2d({ inputShape, filters: 6, kernelSize: [3, 2] }),
    input: [4, 4, 3],
    units: { kernel: [6, "filters"] },
    seen: { kernel: 0 },
    outputs: [3],
  },
  {
    what: "conv3d",
    make: (inputShape) => tf.layers.conv3d({ inputShape, filters: 3, kernelSize: 2 }),
    input: [3, 3, 3, 2],
    units: { kernel: [3, "filters"] },
    seen: { kernel: 0 },
    outputs: [4],
  },
  {
    what: "conv2dTranspose, whose kernel has the output before the input",
    make: (inputShape) => tf.layers.conv2dTranspose({ inputShape, filters: 5, kernelSize: 2 }),
    input: [3, 3, 4],
    units: { kernel: [5, "filters"] },
    seen: { kernel: 0 },
    outputs: [3],
  },
  {
    what: "conv3dTranspose",
    make: (inputShape) => tf.layers.conv3dTranspose({ inputShape, filters: 3, kernelSize: 2 }),
    input: [2, 2, 2, 4],
    units: { kernel: [3, "filters"] },
    seen: { kernel: 0 },
    outputs: [4],
  },
  {
    what: "depthwiseConv2d, 4 channels in",
    make: (inputShape) => tf.layers.depthwiseConv2d({ inputShape, kernelSize: 3 }),
    input: [5, 5, 4],
    units: { depthwise_kernel: [4, "channels"] },
    seen: { depthwise_kernel: 0 },
    outputs: [3],
  },
  {
    what: "depthwiseConv2d, 4 channels in, 3 out of each",
    make: (inputShape) => tf.layers.depthwiseConv2d({ inputShape, kernelSize: 3, depthMultiplier: 3 }),
    input: [5, 5, 4],
    units: { depthwise_kernel: [12, "channels"] },
    seen: { depthwise_kernel: 0 },
    outputs: [3],
  },
  {
    what: "separableConv2d",
    make: (inputShape) => tf.layers.separableConv2d({ inputShape, kernelSize: 3, depthMultiplier: 2, filters: 5 }),
    input: [4, 4, 3],
    units: { depthwise_kernel: [6, "channels"], pointwise_kernel: [5, "filters"] },
    seen: { pointwise_kernel: 0 },
    outputs: [3],
  },
  {
    what: "separableConv2d, whose second step hands on what the first one makes",
    make: (inputShape) => tf.layers.separableConv2d({ inputShape, kernelSize: 3, depthMultiplier: 2, filters: 6 }),
    input: [4, 4, 3],
    units: { depthwise_kernel: [6, "channels"], pointwise_kernel: [6, "filters"] },
    seen: { depthwise_kernel: 0 },
    outputs: [3],
    values: { pointwise_kernel: () => tf.eye(6).reshape([1, 1, 6, 6]) },
  },
  {
    what: "embedding",
    make: () => tf.layers.embedding({ inputDim: 7, outputDim: 4, inputLength: 7 }),
    input: [7],
    units: { embeddings: [7, "rows"] },
    seen: { embeddings: 0 },
    // Every row is looked up once, in the order of the table; then comes what each of them holds.
    outputs: [1, 2],
    feed: () => tf.range(0, 7).expandDims(0),
  },
  {
    what: "simpleRNN",
    make: (inputShape) => tf.layers.simpleRNN({ inputShape, units: 5 }),
    input: [4, 3],
    units: { kernel: [5, "units"], recurrent_kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "lstm",
    make: (inputShape) => tf.layers.lstm({ inputShape, units: 5 }),
    input: [4, 3],
    units: { kernel: [5, "units"], recurrent_kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "gru",
    make: (inputShape) => tf.layers.gru({ inputShape, units: 5 }),
    input: [4, 3],
    units: { kernel: [5, "units"], recurrent_kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "convLstm2d",
    make: (inputShape) => tf.layers.convLstm2d({ inputShape, filters: 3, kernelSize: 2 }),
    input: [3, 4, 4, 2],
    units: { kernel: [3, "filters"], recurrent_kernel: [3, "filters"] },
    seen: { kernel: 0 },
    outputs: [3],
  },
  {
    what: "rnn of stacked cells, of which the last one is seen",
    make: (inputShape) => {
      const cells = [tf.layers.lstmCell({ units: 4 }), tf.layers.gruCell({ units: 3 })];
      return tf.layers.rnn({ inputShape, cell: tf.layers.stackedRNNCells({ cells }) });
    },
    input: [4, 2],
    units: {
      "RNNCell_0/kernel": [4, "units"],
      "RNNCell_0/recurrent_kernel": [4, "units"],
      "RNNCell_1/kernel": [3, "units"],
      "RNNCell_1/recurrent_kernel": [3, "units"],
    },
    seen: { "RNNCell_1/kernel": 0 },
    outputs: [1],
  },
  {
    what: "rnn of one cell",
    make: (inputShape) => tf.layers.rnn({ inputShape, cell: tf.layers.simpleRNNCell({ units: 3 }) }),
    input: [4, 2],
    units: { kernel: [3, "units"], recurrent_kernel: [3, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "bidirectional: forwards before backwards",
    make: (inputShape) => tf.layers.bidirectional({ inputShape, layer: lstm(3), mergeMode: "concat" }),
    input: [4, 2],
    units: {
      "forward_cells/kernel": [3, "units"],
      "forward_cells/recurrent_kernel": [3, "units"],
      "backward_cells/kernel": [3, "units"],
      "backward_cells/recurrent_kernel": [3, "units"],
    },
    seen: { "forward_cells/kernel": 0, "backward_cells/kernel": 3 },
    outputs: [1],
  },
  {
    what: "timeDistributed",
    make: (inputShape) => tf.layers.timeDistributed({ inputShape, layer: tf.layers.dense({ units: 5 }) }),
    input: [4, 3],
    units: { kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [2],
  },
  {
    what: "a functional model as a layer",
    make: (shape) => {
      const inputs = tf.input({ shape });
      return tf.model({ inputs, outputs: tf.layers.dense({ units: 5 }).apply(inputs) as tf.SymbolicTensor });
    },
    input: [4],
    units: { kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "a sequential model as a layer",
    make: (inputShape) => tf.sequential({ layers: [tf.layers.dense({ inputShape, units: 5 })] }),
    input: [4],
    units: { kernel: [5, "units"] },
    seen: { kernel: 0 },
    outputs: [1],
  },
  {
    what: "batchNormalization",
    make: (inputShape) => tf.layers.batchNormalization({ inputShape }),
    input: [3, 3, 4],
    units: { gamma: [4, "channels"] },
    seen: { gamma: 0 },
    outputs: [3],
  },
  {
    what: "layerNormalization",
    make: (inputShape) => tf.layers.layerNormalization({ inputShape }),
    input: [3, 5],
    units: { gamma: [5, "features"] },
    seen: { gamma: 0 },
    outputs: [2],
  },
  {
    what: "layerNormalization over two axes",
    make: (inputShape) => tf.layers.layerNormalization({ inputShape, axis: [1, 2] }),
    input: [3, 5],
    units: { gamma: [15, "features"] },
    seen: { gamma: 0 },
    outputs: [1],
  },
  {
    what: "prelu: a slope of 0 kills nothing",
    make: (inputShape) => tf.layers.prelu({ inputShape }),
    input: [3, 4],
    units: {},
    seen: {},
    outputs: [2],
  },
];

/** With random weights, biases 0. */
function build({ make, input, values = {} }: Row): tf.Sequential {
  const model = tf.sequential({ layers: [make(input)] });
  for (const [index, weight] of model.weights.entries()) {
    const name = weight.originalName.slice(weight.originalName.lastIndexOf("/") + 1);
    const shape = weight.shape.map((length) => length ?? 0);
    if (["bias", "beta", "moving_mean"].includes(name)) weight.write(tf.zeros(shape));
    else if (name === "moving_variance") weight.write(tf.ones(shape));
    else weight.write(values[name]?.() ?? tf.randomNormal(shape, 0, 1, "float32", index + 1));
  }
  return model;
}

const nameWithin = ({ originalName }: { originalName: string }): string =>
  originalName.slice(originalName.indexOf("/") + 1);

function giveOut(model: tf.Sequential, { input, feed }: Row): tf.Tensor {
  return model.predict(feed?.() ?? tf.randomNormal([2, ...input], 0, 1, "float32", 99)) as tf.Tensor;
}

/** Which units of the output are 0 throughout: the others take part in some value. */
function deadOutputs(model: tf.Sequential, row: Row): readonly number[] {
  return tf.tidy(() => {
    const y = giveOut(model, row);
    const [from, to = y.rank] = row.outputs;
    const product = (lengths: readonly number[]): number => lengths.reduce((all, length) => all * length, 1);
    const count = product(y.shape.slice(from, to));
    const sizes = y
      .abs()
      .reshape([product(y.shape.slice(0, from)), count, -1])
      .max([0, 2])
      .dataSync();
    return [...sizes].flatMap((size, unit) => (size === 0 ? [unit] : []));
  });
}

/** Sets the weights of one unit to 0, as a mask that has lost them does. */
function withoutUnit(values: Float32Array, { count, stride }: WeightRole["units"], unit: number): Float32Array {
  return values.map((value, i) => (Math.floor(i / stride) % count === unit ? 0 : value));
}

describe("the units of every kind of layer", () => {
  // Not the WebAssembly engine, which another test may have left: its transposed 3D convolution adds to what lay there.
  before(() => tf.setBackend("cpu"));

  for (const row of ROWS) {
    it(row.what, () => {
      const model = build(row);
      const roles = findWeightRoles(model.layers);
      const found = model.weights.flatMap((weight) => {
        const units = roles.get(weight)?.units;
        return units === undefined ? [] : [[nameWithin(weight), [units.count, units.of]]];
      });
      assert.deepEqual(Object.fromEntries(found), row.units);
      assert.deepEqual(deadOutputs(model, row), []);
      for (const [name, first] of Object.entries(row.seen)) {
        const role = [...roles].find(([weight]) => nameWithin(weight) === name)?.[1];
        assert.ok(role);
        const feeding = [...roles].filter(([, other]) => other.group === role.group).map(([weight]) => weight);
        const before = feeding.map((weight) => weight.read().dataSync() as Float32Array);
        for (let unit = 0; unit < role.units.count; unit++) {
          for (const [index, weight] of feeding.entries()) {
            const values = withoutUnit(before[index] ?? new Float32Array(0), role.units, unit);
            weight.write(tf.tensor(values, weight.read().shape));
          }
          assert.deepEqual(deadOutputs(model, row), [first + unit], `${name}, unit ${unit}`);
        }
        for (const [index, weight] of feeding.entries()) {
          weight.write(tf.tensor(before[index] ?? [], weight.read().shape));
        }
      }
    });

    it(`${row.what}: what nothing passes without is what carries the input`, () => {
      const model = build(row);
      for (const [weight, { carriesInput }] of findWeightRoles(model.layers)) {
        const before = weight.read().clone();
        weight.write(tf.zerosLike(before));
        assert.equal(giveOut(model, row).abs().max().dataSync()[0] === 0, carriesInput, nameWithin(weight));
        weight.write(before);
      }
    });
  }
});

describe("the classes of TensorFlow.js", () => {
  it("that have weights are those of which the table knows each weight", () => {
    const classes = collectWeightedClasses(tf);
    assert.ok(classes.size > 20, [...classes.keys()].join());
    for (const [className, weights] of classes) {
      const kind = kindOfClass(className);
      assert.ok(kind, className);
      for (const name of weights) assert.ok(kind.weights?.[name], `${className}/${name}`);
      assert.equal(kind.inside === undefined, weights.length > 0, className);
    }
  });

  it("are all built above", () => {
    const built = new Set<string>();
    const visit = (layer: tf.layers.Layer): void => {
      built.add(layer.getClassName());
      const inside = (kindOfClass(layer.getClassName())?.inside ?? []).map((name): unknown => Reflect.get(layer, name));
      for (const inner of inside.flat()) if (inner instanceof tf.layers.Layer) visit(inner);
    };
    for (const row of ROWS) for (const layer of build(row).layers) visit(layer);
    for (const className of collectWeightedClasses(tf).keys()) assert.ok(built.has(className), className);
  });
});
