import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { createLayerNormalize, createPlainBatchNormalize } from "../../../src/engine/normalize.ts";
import { startEngine } from "../../../src/engine/start.ts";
import type { TF } from "../../../src/engine/types.ts";
import { applyToAllSteps } from "../../../src/layers/allSteps.ts";
import { stepPlainly } from "../../../src/layers/lstmSteps.ts";
import { normalizeBatchesBy, normalizeLayersBy } from "../../../src/layers/normalization.ts";

function near(actual: Tf.Tensor, expected: Tf.Tensor, within = 1e-4): void {
  assert.deepEqual(actual.shape, expected.shape);
  const [values, others] = [actual.dataSync(), expected.dataSync()];
  for (const [at, value] of others.entries()) {
    assert.ok(
      Math.abs((values[at] ?? Number.NaN) - value) <= within * (1 + Math.abs(value)),
      `${values[at]}, not ${value}`,
    );
  }
}

/** Values in training, gradients by input and weights, weights after it, and values in inference. */
function behaviour(tf: TF, model: Tf.LayersModel, x: Tf.Tensor): Tf.Tensor[] {
  const trainable = model.trainableWeights.map((weight) => weight.read() as Tf.Variable);
  const weigh = (y: Tf.Tensor) => tf.sum(tf.mul(y, tf.randomNormal(y.shape, 0, 1, "float32", 5)));
  const value = model.apply(x, { training: true }) as Tf.Tensor;
  const { grads } = tf.variableGrads(
    () => weigh(model.apply(x, { training: true }) as Tf.Tensor) as Tf.Scalar,
    trainable,
  );
  const dx = tf.grad((input) => weigh(model.apply(input, { training: true }) as Tf.Tensor))(x);
  return [
    value,
    ...trainable.map((variable) => grads[variable.name] as Tf.Tensor),
    dx,
    ...model.getWeights(),
    model.apply(x, { training: false }) as Tf.Tensor,
  ];
}

describe("layers by fewer operations behave as TensorFlow.js's own", () => {
  let tf: TF;
  before(async () => {
    tf = (await startEngine("cpu")).tf;
  });

  const compare = (
    make: () => Tf.layers.Layer,
    shape: readonly number[],
    change: (layers: Tf.layers.Layer[]) => void,
  ) => {
    const build = () => {
      const input = tf.input({ shape: [...shape] });
      return tf.model({ inputs: input, outputs: make().apply(input) as Tf.SymbolicTensor });
    };
    const [ours, theirs] = [build(), build()];
    const weights = ours.weights.map(({ shape: of, originalName }, at) =>
      tf.randomUniform(of as number[], originalName.endsWith("variance") ? 0.5 : -1, 1.5, "float32", 20 + at),
    );
    for (const model of [ours, theirs]) model.setWeights(weights.map((one) => one.clone()));
    change(ours.layers);
    const x = tf.add(tf.randomNormal([4, ...shape], 0, 1, "float32", 9), 0.5);
    const [own, others] = [behaviour(tf, ours, x), behaviour(tf, theirs, x)];
    assert.equal(own.length, others.length);
    for (const [at, one] of own.entries()) near(one, others[at] as Tf.Tensor);
  };

  for (const [what, shape, settings] of [
    ["of vectors", [6], {}],
    ["of sequences", [5, 6], { epsilon: 0.01 }],
    ["over two axes", [5, 6], { axis: [1, 2] }],
  ] as const) {
    it(`layer normalization ${what}`, () => {
      const own = "axis" in settings ? { axis: [...settings.axis] } : settings;
      compare(
        () => tf.layers.layerNormalization(own),
        shape,
        (layers) => normalizeLayersBy(tf, layers, createLayerNormalize(tf)),
      );
    });
  }

  it("layer normalization without scale or offset, which TensorFlow.js's own cannot train", () => {
    const build = (settings: object) =>
      tf.sequential({ layers: [tf.layers.layerNormalization({ inputShape: [5, 6], ...settings })] });
    const x = tf.randomNormal([4, 5, 6], 2, 1, "float32", 9);
    const slope = (model: Tf.LayersModel) =>
      tf.grad((input) => tf.sum(tf.mul(model.apply(input) as Tf.Tensor, tf.randomNormal(x.shape, 0, 1, "float32", 5))))(
        x,
      );
    // Scale 1 and offset 0 as long as it has not been trained.
    const whole = build({});
    for (const settings of [{ scale: false }, { center: false }, { scale: false, center: false }]) {
      const plain = build(settings);
      assert.throws(() => tf.variableGrads(() => tf.sum(plain.apply(x) as Tf.Tensor)));
      normalizeLayersBy(tf, plain.layers, createLayerNormalize(tf));
      near(plain.apply(x) as Tf.Tensor, whole.apply(x) as Tf.Tensor);
      near(slope(plain), slope(whole));
    }
  });

  for (const shape of [[6], [3, 4, 6]]) {
    it(`batch normalization of ${shape.length === 1 ? "vectors" : "images"}`, () => {
      compare(
        () => tf.layers.batchNormalization({ momentum: 0.8 }),
        shape,
        (layers) => normalizeBatchesBy(tf, layers, createPlainBatchNormalize(tf)),
      );
    });
  }

  it("batch normalization that is frozen keeps its statistics, and normalizes by them, also inside of a frozen model", () => {
    const inner = tf.sequential({ layers: [tf.layers.batchNormalization({ inputShape: [3] })] });
    const model = tf.sequential({ layers: [inner, tf.layers.batchNormalization({ trainable: false })] });
    inner.trainable = false;
    const weights = model.weights.map(({ shape, originalName }, at) =>
      tf.randomUniform(shape as number[], originalName.endsWith("variance") ? 0.5 : -1, 1.5, "float32", 40 + at),
    );
    model.setWeights(weights.map((one) => one.clone()));
    normalizeBatchesBy(tf, model.layers, createPlainBatchNormalize(tf));
    const x = tf.randomNormal([8, 3], 4, 2, "float32", 3);
    const trained = model.apply(x, { training: true }) as Tf.Tensor;
    near(trained, model.apply(x, { training: false }) as Tf.Tensor);
    for (const [at, weight] of model.getWeights().entries()) near(weight, weights[at] as Tf.Tensor, 0);
    assert.ok(trained.mean().abs().dataSync()[0] !== 0);
  });

  for (const [what, settings] of [
    ["that ends with its last state", {}],
    ["that gives all states", { returnSequences: true }],
    ["that goes backwards", { goBackwards: true, returnSequences: true }],
    ["without a bias, with other activations", { useBias: false, activation: "relu", recurrentActivation: "sigmoid" }],
  ] as const) {
    it(`an LSTM ${what}`, () => {
      compare(
        () => tf.layers.lstm({ units: 4, ...settings }),
        [5, 3],
        (layers) => stepPlainly(tf, layers),
      );
    });
  }

  it("an LSTM in both directions", () => {
    compare(
      () => tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 4, returnSequences: true }) as Tf.RNN }),
      [5, 3],
      (layers) => stepPlainly(tf, layers),
    );
  });

  it("layers that are applied to each step", () => {
    compare(
      () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3, activation: "tanh" }) }),
      [5, 6],
      (layers) => applyToAllSteps(tf, layers),
    );
    compare(
      () => tf.layers.timeDistributed({ layer: tf.layers.conv2d({ filters: 2, kernelSize: 3 }) }),
      [3, 4, 4, 2],
      (layers) => applyToAllSteps(tf, layers),
    );
  });

  it("batch normalization of each step, whose statistics are each step's", () => {
    compare(
      () => tf.layers.timeDistributed({ layer: tf.layers.batchNormalization() }),
      [3, 2],
      (layers) => applyToAllSteps(tf, layers),
    );
  });
});
