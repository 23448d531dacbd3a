import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { normalizeBatchesBy } from "../../../src/layers/normalization.ts";
import { multiplyPlainly } from "../../../src/layers/plainDense.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { describeNative } from "./graph/nativeSuite.ts";

type TF = typeof Tf;

const near = (actual: Tf.Tensor, expected: Tf.Tensor, tolerance = 1e-5): void => {
  assert.deepEqual(actual.shape, expected.shape);
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  a.forEach((value: number, at: number) => {
    const wanted = b[at] ?? Number.NaN;
    assert.ok(
      Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
      `${at}: ${value}, expected ${wanted}`,
    );
  });
};

describeNative("operations of the native engine", (engine) => {
  const derivatives: Readonly<Record<string, [apply: (tf: TF, x: Tf.Tensor) => Tf.Tensor, by: (x: number) => number]>> =
    {
      relu: [(tf, x) => tf.relu(x), (x) => (x > 0 ? 1 : 0)],
      relu6: [(tf, x) => tf.relu6(x), (x) => (x > 0 && x < 6 ? 1 : 0)],
      sigmoid: [(tf, x) => tf.sigmoid(x), (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2],
      tanh: [(tf, x) => tf.tanh(x), (x) => 1 - Math.tanh(x) ** 2],
      softplus: [(tf, x) => tf.softplus(x), (x) => 1 / (1 + Math.exp(-x))],
    };
  for (const [name, [apply, by]] of Object.entries(derivatives)) {
    it(`the gradient of ${name} is the derivative`, () => {
      const { tf } = engine();
      const x = tf.mul(tf.randomNormal([400], 0, 1, "float32", 3), 4);
      const weights = tf.randomNormal([400], 0, 1, "float32", 4);
      const gradient = tf.grad((one) => tf.sum(tf.mul(apply(tf, one), weights)))(x);
      near(gradient, tf.mul(tf.tensor1d([...x.dataSync()].map(by)), weights));
    });
  }

  it("the gradient of a bias is the sum over all but the last axis", () => {
    const { tf } = engine();
    const dy = tf.randomNormal([3, 4, 5], 0, 1, "float32", 1);
    const [da, db] = tf.grads((a, b) => tf.sum(tf.mul(tf.add(a, b), dy)))([tf.zeros([3, 4, 5]), tf.zeros([5])]);
    near(da as Tf.Tensor, dy);
    near(db as Tf.Tensor, tf.sum(dy, [0, 1]));
    // Anything else goes the way it did.
    const [, column] = tf.grads((a, b) => tf.sum(tf.mul(tf.add(a, b), dy)))([tf.zeros([3, 4, 5]), tf.zeros([4, 1])]);
    near(column as Tf.Tensor, tf.sum(dy, [0, 2]).reshape([4, 1]));
  });

  it("the cross-entropy of ids and its gradient are those of rows of targets", () => {
    const { tf } = engine();
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 6, inputShape: [4] })] });
    const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
    const logits = tf.mul(tf.randomNormal([9, 6], 0, 1, "float32", 5), 20);
    const ids = tf.tensor1d([0, 5, 2, 2, 1, 4, 3, 0, 5], "int32");
    const rows = tf.cast(tf.oneHot(ids, 6), "float32");
    const by = (targets: Tf.Tensor) => ({
      loss: objective.loss(targets, logits),
      gradient: tf.grad((one) => tf.mul(objective.loss(targets, one), 3))(logits),
    });
    near(by(ids).loss, by(rows).loss);
    near(by(ids).gradient, by(rows).gradient);
  });

  it("products of matrices are the same transposed or not, and within batches", () => {
    const { tf } = engine();
    const [a, b] = [tf.randomNormal([3, 4], 0, 1, "float32", 6), tf.randomNormal([4, 5], 0, 1, "float32", 7)] as [
      Tf.Tensor2D,
      Tf.Tensor2D,
    ];
    const [left, right] = [a.arraySync(), b.arraySync()];
    const expected = tf.tensor2d(
      left.map((row) =>
        (right[0] ?? []).map((_, column) =>
          row.reduce((sum, value, at) => sum + value * (right[at]?.[column] ?? 0), 0),
        ),
      ),
    );
    near(tf.matMul(a, b), expected);
    near(tf.matMul(tf.transpose(a), b, true), expected);
    near(tf.matMul(a, tf.transpose(b), false, true), expected);
    near(
      tf
        .matMul(tf.stack([a, a]), tf.stack([b, b]))
        .slice(1, 1)
        .squeeze([0]),
      expected,
    );
  });

  it("gather refuses an index that is out of range", () => {
    const { tf } = engine();
    assert.throws(() => tf.gather(tf.tensor1d([1, 2, 3]), tf.tensor1d([0, 3], "int32")), /not in \[0, 3\)/);
    assert.deepEqual([...tf.gather(tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 0], "int32")).dataSync()], [3, 1]);
  });

  it("a reshape to the same shape is the same tensor, and lives on without it", () => {
    const { tf } = engine();
    const x = tf.tensor2d([[1, 2]]);
    const same = tf.reshape(x, [1, 2]);
    x.dispose();
    assert.deepEqual([...same.dataSync()], [1, 2]);
    assert.deepEqual(tf.reshape(same, [-1, 1]).shape, [2, 1]);
    assert.throws(() => tf.reshape(same, [3]), /requested shape has 3/);
  });
});

describeNative("layers by operations of the native engine", (engine) => {
  /** Output in training and gradients of a weighted sum of it, and all weights after it. */
  const train = (model: Tf.LayersModel, x: Tf.Tensor, training = true) => {
    const { tf } = engine();
    const weights = model.trainableWeights.map((weight) => weight.read() as Tf.Variable);
    const outer = tf.randomNormal([...(model.apply(x) as Tf.Tensor).shape], 0, 1, "float32", 8);
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(model.apply(x, { training }) as Tf.Tensor, outer)), weights);
    const dx = tf.grad((one) => tf.sum(tf.mul(model.apply(one, { training }) as Tf.Tensor, outer)))(x);
    return [
      ...weights.map((weight) => grads[weight.name] as Tf.Tensor),
      dx,
      ...model.getWeights(),
      model.apply(x, { training: false }) as Tf.Tensor,
    ];
  };
  const pair = (make: (tf: TF) => Tf.layers.Layer, shape: number[]) => {
    const { tf } = engine();
    const build = () => {
      const input = tf.input({ shape });
      return tf.model({ inputs: input, outputs: make(tf).apply(input) as Tf.SymbolicTensor });
    };
    const [ours, theirs] = [build(), build()];
    for (const weight of ours.weights) {
      const isVariance = weight.originalName.endsWith("variance");
      const value = tf.randomNormal(weight.shape as number[], isVariance ? 2 : 0.3, 0.2, "float32", 11);
      ours.setWeights(ours.weights.map((one) => (one === weight ? value : one.read())));
    }
    theirs.setWeights(ours.getWeights().map((one) => one.clone()));
    return { tf, ours, theirs };
  };

  for (const [what, shape] of [
    ["vectors", [6]],
    ["sequences", [5, 6]],
    ["images", [4, 3, 6]],
  ] as const) {
    it(`batch normalization of ${what}: values, gradients, moving averages and inference as composed`, () => {
      const { tf, ours, theirs } = pair(
        (of) => of.layers.batchNormalization({ momentum: 0.8, epsilon: 1e-3 }),
        [...shape],
      );
      const { batchNormalize } = engine();
      assert.ok(batchNormalize !== undefined);
      normalizeBatchesBy(tf, ours.layers, batchNormalize);
      const x = tf.add(tf.randomNormal([7, ...shape], 0, 1, "float32", 12), 3);
      const [own, others] = [train(ours, x), train(theirs, x)];
      for (const [index, one] of own.entries()) near(one, others[index] as Tf.Tensor, 2e-4);
    });
  }

  it("batch normalization without scale and offset trains, which TensorFlow.js's own does not", () => {
    const { tf, batchNormalize } = engine();
    assert.ok(batchNormalize !== undefined);
    const model = tf.sequential({
      layers: [tf.layers.batchNormalization({ inputShape: [3], scale: false, center: false })],
    });
    const x = tf.randomNormal([50, 3], 5, 2, "float32", 13);
    assert.throws(() => model.apply(x, { training: true }));
    normalizeBatchesBy(tf, model.layers, batchNormalize);
    const { mean, variance } = tf.moments(model.apply(x, { training: true }) as Tf.Tensor, 0);
    near(mean, tf.zeros([3]), 1e-4);
    near(variance, tf.ones([3]), 1e-2);
  });

  it("batch normalization along another axis is left as it is", () => {
    const { tf, ours, theirs } = pair((of) => of.layers.batchNormalization({ axis: 1 }), [3, 4, 5]);
    const { batchNormalize } = engine();
    assert.ok(batchNormalize !== undefined);
    normalizeBatchesBy(tf, ours.layers, batchNormalize);
    const x = tf.randomNormal([2, 3, 4, 5], 0, 1, "float32", 14);
    near(ours.apply(x, { training: true }) as Tf.Tensor, theirs.apply(x, { training: true }) as Tf.Tensor);
  });

  for (const [what, shape, settings] of [
    ["of vectors", [6], { units: 4, activation: "relu" }],
    ["of sequences", [5, 6], { units: 4, activation: "softmax" }],
    ["without a bias", [6], { units: 4, useBias: false, activation: "tanh" }],
  ] as const) {
    it(`dense layers ${what} give what TensorFlow.js gives`, () => {
      const { tf, ours, theirs } = pair((of) => of.layers.dense({ ...settings }), [...shape]);
      multiplyPlainly(tf, ours.layers);
      const x = tf.randomNormal([3, ...shape], 0, 1, "float32", 15);
      const [own, others] = [train(ours, x), train(theirs, x)];
      for (const [index, one] of own.entries()) near(one, others[index] as Tf.Tensor);
    });
  }
});
