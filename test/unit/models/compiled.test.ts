import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { DataSet } from "../../../src/data/types.ts";
import { readCompiled } from "../../../src/models/compiled.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveComplete } from "../../../src/models/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { createTrainingStep } from "../../../src/trainer/trainingStep.ts";

function build(args?: tf.ModelCompileArgs, units = 1): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units, useBias: false })] });
  if (args !== undefined) model.compile(args);
  return model;
}

describe("what a model is compiled with", () => {
  before(() => tf.setBackend("cpu"));

  it("is nothing where it has not been compiled", () => {
    assert.equal(readCompiled(tf, build()), undefined);
  });

  const rows: readonly [
    what: string,
    args: tf.ModelCompileArgs,
    settings: object,
    taken: readonly RegExp[],
    ignored: readonly RegExp[],
  ][] = [
    [
      "SGD",
      { optimizer: tf.train.sgd(0.05), loss: "categoricalCrossentropy", metrics: ["accuracy"] },
      { optimizer: { name: "sgd", learningRate: 0.05 }, loss: "categoricalCrossentropy", metrics: ["accuracy"] },
      [/loss categorical/, /metric accuracy/, /SGD with rate 0\.05/],
      [],
    ],
    [
      "Nesterov",
      { optimizer: tf.train.momentum(0.1, 0.8, true), loss: "binaryCrossentropy", metrics: ["acc", "mae"] },
      {
        optimizer: { name: "momentum", learningRate: 0.1, momentum: 0.8 },
        loss: "binaryCrossentropy",
        metrics: ["binaryAccuracy", "meanAbsoluteError"],
      },
      [/loss/, /binaryAccuracy/, /meanAbsoluteError/, /Momentum/],
      [/Nesterov/],
    ],
    [
      "Adam by fields",
      { optimizer: tf.train.adam(0.01, 0.8, 0.95, 1e-5), loss: "sparseCategoricalCrossentropy" },
      {
        optimizer: { name: "adam", learningRate: 0.01, momentum: 0.8, decay: 0.95, epsilon: 1e-5 },
        loss: "sparseCategoricalCrossentropy",
      },
      [/loss/, /Adam/],
      [],
    ],
    [
      "RMSProp with what Whittle lacks",
      { optimizer: tf.train.rmsprop(0.01, 0.7, 0.5, 1e-6, true), loss: "meanSquaredError" },
      {
        optimizer: { name: "rmsprop", learningRate: 0.01, decay: 0.7, epsilon: 1e-6 },
        loss: "meanSquaredError",
        metrics: ["meanSquaredError"],
      },
      [/loss/, /metric/, /RMSProp/],
      [/momentum of RMSProp/, /centered/],
    ],
    [
      "an optimizer and a metric of others",
      { optimizer: tf.train.adadelta(), loss: "meanSquaredError", metrics: ["precision", "mse"] },
      { loss: "meanSquaredError", metrics: ["meanSquaredError"] },
      [/loss/, /metric/],
      [/metric precision/, /optimizer Adadelta/],
    ],
    [
      "a loss that only TensorFlow.js names",
      { optimizer: "sgd", loss: "meanAbsoluteError" },
      { optimizer: { name: "sgd", learningRate: 0.01 }, loss: "custom" },
      [/loss meanAbsoluteError/, /SGD/],
      [],
    ],
    [
      "lists and functions",
      { optimizer: "adam", loss: ["meanSquaredError"], metrics: [() => tf.scalar(0)] },
      {
        optimizer: { name: "adam", learningRate: 0.001, momentum: 0.9, decay: 0.999, epsilon: 1e-7 },
        loss: "meanSquaredError",
        metrics: ["meanSquaredError"],
      },
      [/loss meanSquaredError/, /metric meanSquaredError/, /Adam/],
      [/metric that is no name/],
    ],
  ];
  for (const [what, args, settings, taken, ignored] of rows) {
    it(`${what}: taken over, or named`, () => {
      const compiled = readCompiled(tf, build(args));
      assert.ok(compiled !== undefined);
      assert.deepEqual(compiled.settings, settings);
      const agree = (texts: readonly string[], patterns: readonly RegExp[]): void => {
        assert.equal(texts.length, patterns.length, texts.join("; "));
        for (const [index, pattern] of patterns.entries()) assert.match(texts[index] ?? "", pattern);
      };
      agree(compiled.taken, taken);
      agree(compiled.ignored, ignored);
      assert.doesNotThrow(() => resolveComplete({}, {}, compiled.settings));
    });
  }

  it("lies above the defaults, and below preset, experiment and overrides", () => {
    const compiled = { optimizer: { name: "sgd", learningRate: 0.05 }, loss: "categoricalCrossentropy" };
    const of = (own: object, overrides: Record<string, unknown>) => {
      const { optimizer, loss, metrics } = resolveComplete(own, overrides, compiled);
      return [optimizer.name, optimizer.learningRate, loss, ...metrics];
    };
    assert.deepEqual(of({}, {}), ["sgd", 0.05, "categoricalCrossentropy", "accuracy"]);
    assert.deepEqual(of({ optimizer: { name: "adam" } }, {}), ["adam", 0.05, "categoricalCrossentropy", "accuracy"]);
    assert.deepEqual(of({ preset: "paper" }, {}), ["adam", 0.001, "categoricalCrossentropy", "accuracy"]);
    assert.deepEqual(of({ loss: "meanSquaredError" }, { optimizer: { learningRate: 0.5 } }), [
      "sgd",
      0.5,
      "meanSquaredError",
      "accuracy",
    ]);
  });

  it("trains as the author meant: a step of plain SGD on the squared error, derived by hand", () => {
    const model = build({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
    model.setWeights([tf.tensor2d([[0.5], [-1]])]);
    const compiled = readCompiled(tf, model);
    const settings = resolveComplete({}, {}, compiled?.settings);
    const [metric] = createMetrics(tf, settings.metrics);
    assert.ok(metric !== undefined);
    const objective = createObjective(tf, model, settings.loss, compiled?.loss);
    const network = createNetwork(tf, { model, objective, metric, inputShape: [2], layers: ["**"] });
    const split = { count: 2, x: Float32Array.of(1, 2, 3, -1), y: Float32Array.of(1, 0) };
    const data: DataSet = {
      spec: "",
      sha256: "",
      xShape: [2],
      yShape: [1],
      scale: 1,
      offset: 0,
      train: split,
      validation: split,
      test: split,
    };
    const update = createUpdate(tf, network.parameters, settings);
    const request = { learningRate: settings.optimizer.learningRate, strength: null, seed: [0] };
    createTrainingStep(tf, network, update).run({
      ...request,
      batches: [network.batches.training(data, Uint32Array.of(0, 1), 0, 2)],
    });
    // Outputs −1.5 and 2.5, errors −2.5 and 2.5, gradient of their mean square: x·e summed = (5, −7.5).
    const [weights] = model.getWeights();
    const [a = 0, b = 0] = weights?.dataSync() ?? [];
    assert.ok(Math.abs(a - (0.5 - 0.05 * 5)) < 1e-6, String(a));
    assert.ok(Math.abs(b - (-1 + 0.05 * 7.5)) < 1e-6, String(b));
  });

  it("has the mean of a loss that TensorFlow.js gives for each example", () => {
    const compiled = readCompiled(tf, build({ optimizer: "sgd", loss: "meanAbsoluteError" }));
    const loss = compiled?.loss?.(tf.tensor2d([[1], [0]]), tf.tensor2d([[3], [1]]));
    assert.equal(loss?.dataSync()[0], 1.5);
  });
});
