import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { LossFunction } from "../../../src/models/experiment.ts";
import { createObjective } from "../../../src/models/objective.ts";

const X = [
  [0.5, -1.2, 2],
  [1, 0.3, -0.7],
  [-2, 0.1, 0.4],
  [0.2, 0.9, -1.5],
];
const IDS = [2, 0, 1, 1];
const KERNEL = [
  [0.3, -0.8, 1.1],
  [-0.4, 0.7, 0.2],
  [0.9, -0.1, -0.6],
];
const BIAS = [0.1, -0.2, 0.05];

/** Logits of X by hand. */
const LOGITS = X.map((row) =>
  BIAS.map((bias, unit) => row.reduce((sum, x, i) => sum + x * (KERNEL[i]?.[unit] ?? 0), bias)),
);

const softmax = (logits: readonly number[]): number[] => {
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
};

const crossEntropyByHand = (): number =>
  LOGITS.reduce((sum, row, i) => sum - Math.log(softmax(row)[IDS[i] ?? 0] ?? 0), 0) / LOGITS.length;

const close = (found: number, expected: number, tolerance = 1e-6) =>
  assert.ok(
    Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${found}, expected ${expected}`,
  );

function build(layers: tf.layers.Layer[], scale = 1): tf.LayersModel {
  const model = tf.sequential({ layers });
  const last = model.layers.findLast((layer) => layer.getClassName() === "Dense");
  last?.setWeights([tf.mul(tf.tensor2d(KERNEL), scale), tf.mul(tf.tensor1d(BIAS), scale)]);
  return model;
}

const dense = (activation?: "softmax" | "sigmoid" | "tanh") =>
  tf.layers.dense({ units: 3, inputShape: [3], ...(activation ? { activation } : {}) });

function evaluate(
  model: tf.LayersModel,
  name: "sparseCategoricalCrossentropy" | "categoricalCrossentropy" | "binaryCrossentropy",
) {
  const objective = createObjective(tf, model, name);
  const yTrue =
    name === "sparseCategoricalCrossentropy" ? tf.tensor1d(IDS, "int32") : tf.oneHot(tf.tensor1d(IDS, "int32"), 3);
  const value = () => objective.loss(yTrue, objective.forward(tf.tensor2d(X), { training: true }));
  const { grads } = tf.variableGrads(value);
  const variable = model.layers.findLast((layer) => layer.getClassName() === "Dense")?.trainableWeights[0];
  const gradient = Object.entries(grads).find(([key]) => key === variable?.originalName || key === variable?.name)?.[1];
  assert.ok(gradient, "the kernel has a gradient");
  const predictions = objective.predict(objective.forward(tf.tensor2d(X), { training: false }));
  return {
    fromLogits: objective.fromLogits,
    loss: value().dataSync()[0] ?? Number.NaN,
    gradient: gradient.arraySync() as number[][],
    predictions: predictions.arraySync() as number[][],
  };
}

/** d loss / d kernel by hand: Xᵀ (softmax − one-hot) / batch. */
const gradientByHand = (): number[][] =>
  KERNEL.map((row, i) =>
    row.map(
      (_, unit) =>
        X.reduce(
          (sum, x, n) => sum + (x[i] ?? 0) * ((softmax(LOGITS[n] ?? [])[unit] ?? 0) - (IDS[n] === unit ? 1 : 0)),
          0,
        ) / X.length,
    ),
  );

describe("objective", () => {
  afterEach(() => tf.disposeVariables());

  const models: readonly (readonly [string, () => tf.LayersModel, boolean])[] = [
    ["a dense softmax", () => build([dense("softmax")]), true],
    ["a dense layer without activation", () => build([dense()]), true],
    ["a softmax activation layer", () => build([dense(), tf.layers.activation({ activation: "softmax" })]), true],
    ["a softmax layer", () => build([dense(), tf.layers.softmax()]), true],
    ["layers below", () => build([tf.layers.flatten({ inputShape: [3, 1] }), dense("softmax")]), true],
    [
      "a softmax that something follows",
      () => build([dense("softmax"), tf.layers.reshape({ targetShape: [3] })]),
      false,
    ],
  ];
  for (const [what, make, fromLogits] of models) {
    for (const name of ["sparseCategoricalCrossentropy", "categoricalCrossentropy"] as const) {
      it(`computes ${name} of a model that ends in ${what}, as by hand`, () => {
        const model = make();
        const shaped = model.inputs[0]?.shape.length === 3;
        const found = evaluate(
          shaped
            ? tf.sequential({ layers: [tf.layers.reshape({ targetShape: [3, 1], inputShape: [3] }), ...model.layers] })
            : model,
          name,
        );
        assert.equal(found.fromLogits, fromLogits);
        close(found.loss, crossEntropyByHand());
        gradientByHand().forEach((row, i) => {
          row.forEach((expected, unit) => {
            close(found.gradient[i]?.[unit] ?? Number.NaN, expected, 1e-5);
          });
        });
        LOGITS.forEach((row, n) => {
          softmax(row).forEach((expected, unit) => {
            close(found.predictions[n]?.[unit] ?? Number.NaN, expected, 1e-5);
          });
        });
      });
    }
  }

  it("spreads a part of each target over all classes, from logits and from probabilities, as by hand", () => {
    const smoothing = 0.2;
    const expected =
      LOGITS.reduce((sum, row, n) => {
        const probabilities = softmax(row);
        const own = -Math.log(probabilities[IDS[n] ?? 0] ?? 1);
        const all = probabilities.reduce((total, p) => total - Math.log(p) / probabilities.length, 0);
        return sum + (1 - smoothing) * own + smoothing * all;
      }, 0) / X.length;
    for (const layers of [[dense("softmax")], [dense("softmax"), tf.layers.reshape({ targetShape: [3] })]]) {
      const objective = createObjective(tf, build(layers), "sparseCategoricalCrossentropy", undefined, smoothing);
      const raw = objective.forward(tf.tensor2d(X), { training: true });
      close(objective.loss(tf.tensor1d(IDS, "int32"), raw).dataSync()[0] ?? Number.NaN, expected, 1e-5);
    }
  });

  it("stays finite and keeps its gradient where probabilities underflow", () => {
    const found = evaluate(build([dense("softmax")], 1000), "sparseCategoricalCrossentropy");
    const expected =
      LOGITS.reduce((sum, row, n) => sum + 1000 * (Math.max(...row) - (row[IDS[n] ?? 0] ?? 0)), 0) / X.length;
    assert.ok(expected > 100, "an example is badly wrong");
    close(found.loss, expected, 1e-5);
    assert.ok(found.gradient.flat().some((value) => Math.abs(value) > 0.1));
  });

  it("computes binary cross-entropy with and without the sigmoid, as by hand", () => {
    const terms = LOGITS.flatMap((row, n) =>
      row.map((z, unit) => {
        const p = 1 / (1 + Math.exp(-z));
        return -(IDS[n] === unit ? Math.log(p) : Math.log(1 - p));
      }),
    );
    const expected = terms.reduce((sum, term) => sum + term, 0) / terms.length;
    for (const layers of [[dense("sigmoid")], [dense()], [dense("sigmoid"), tf.layers.reshape({ targetShape: [3] })]]) {
      const found = evaluate(build(layers), "binaryCrossentropy");
      close(found.loss, expected);
      close(found.predictions[0]?.[0] ?? Number.NaN, 1 / (1 + Math.exp(-(LOGITS[0]?.[0] ?? 0))), 1e-5);
    }
    assert.ok(Number.isFinite(evaluate(build([dense("sigmoid")], 1e4), "binaryCrossentropy").loss));
  });

  it("takes the mean squared error over all numbers", () => {
    const objective = createObjective(tf, build([dense()]), "meanSquaredError");
    const raw = objective.forward(tf.tensor2d(X), { training: false });
    const expected = LOGITS.flat().reduce((sum, value) => sum + (value - 1) ** 2, 0) / 12;
    close(objective.loss(tf.onesLike(raw), raw).dataSync()[0] ?? Number.NaN, expected);
  });

  it("gives a custom loss the model's outputs", () => {
    let seen: number[] = [];
    const loss: LossFunction = (_yTrue, yPred) => {
      seen = [...(yPred.dataSync() as Float32Array)];
      return tf.mean(yPred);
    };
    const objective = createObjective(tf, build([dense("softmax")]), "custom", loss);
    objective.loss(tf.tensor1d(IDS), objective.forward(tf.tensor2d(X), { training: false }));
    softmax(LOGITS[0] ?? []).forEach((expected, unit) => {
      close(seen[unit] ?? Number.NaN, expected, 1e-5);
    });
    assert.throws(() => createObjective(tf, build([dense()]), "custom"), /"custom" without a function/);
  });

  it("leaves no tensors behind within a tidy", () => {
    const objective = createObjective(tf, build([dense("softmax")]), "sparseCategoricalCrossentropy");
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      tf.tidy(() => {
        const value = () =>
          objective.loss(tf.tensor1d(IDS, "int32"), objective.forward(tf.tensor2d(X), { training: true }));
        tf.variableGrads(value);
      });
    }
    assert.equal(tf.memory().numTensors, before);
  });
});
