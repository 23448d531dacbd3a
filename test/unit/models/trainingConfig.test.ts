import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { readCompiled } from "../../../src/models/compiled.ts";
import { readTrainingConfig } from "../../../src/models/trainingConfig.ts";

interface Stored {
  readonly toJson: Record<string, unknown>;
  readonly trainingConfig: unknown;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../reference/training_config.json", import.meta.url), "utf8"),
) as { cases: Record<string, Stored> };

/** Of make_training_config.py. */
const KERAS: Readonly<Record<string, readonly [settings: object, ignored: readonly RegExp[]]>> = {
  nesterov: [
    {
      optimizer: { name: "momentum", learningRate: 0.05, momentum: 0.8 },
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
    },
    [/Nesterov/],
  ],
  sgd: [
    { optimizer: { name: "sgd", learningRate: 0.2 }, loss: "meanSquaredError", metrics: ["meanSquaredError"] },
    [/clipnorm of SGD/],
  ],
  objects: [
    {
      optimizer: { name: "adam", learningRate: 0.003, momentum: 0.8, decay: 0.999, epsilon: 1e-5 },
      loss: "categoricalCrossentropy",
      metrics: ["meanAbsoluteError"],
    },
    [/metric precision/, /label smoothing/],
  ],
  schedule: [
    {
      optimizer: { name: "rmsprop", learningRate: 0.001, decay: 0.7, epsilon: 1e-7 },
      loss: "binaryCrossentropy",
      metrics: ["binaryAccuracy"],
    },
    [/learning rate of RMSprop that is no number/],
  ],
  other: [{ metrics: ["meanAbsoluteError"] }, [/loss meanAbsoluteError/, /optimizer AdamW/, /weightDecay of AdamW/]],
};

describe("what a model.json says of training", () => {
  for (const [name, [settings, ignored]] of Object.entries(KERAS)) {
    it(`is read as Keras 3 wrote it: ${name}`, () => {
      const { toJson, trainingConfig } = cases[name] ?? assert.fail(`no case ${name}`);
      const topology = { ...toJson, compile_config: undefined };
      for (const file of [
        { modelTopology: toJson },
        { modelTopology: { model_config: toJson } },
        { modelTopology: { model_config: topology, training_config: trainingConfig } },
      ]) {
        const compiled = readTrainingConfig(file);
        const { optimizer, ...rest } = compiled?.settings ?? {};
        assert.deepEqual({ ...(optimizer === undefined ? {} : { optimizer }), ...rest }, settings);
        const texts = compiled?.ignored ?? [];
        assert.equal(texts.length, ignored.length, texts.join("; "));
        for (const pattern of ignored)
          assert.ok(
            texts.some((text) => pattern.test(text)),
            `${pattern}: ${texts.join("; ")}`,
          );
      }
    });
  }

  it("is what the model itself says, where TensorFlow.js saved it", async () => {
    await tf.setBackend("cpu");
    for (const optimizer of [
      tf.train.sgd(0.05),
      tf.train.momentum(0.1, 0.8),
      tf.train.adam(0.01, 0.8, 0.95, 1e-5),
      tf.train.rmsprop(0.01, 0.7, 0, 1e-6),
    ]) {
      const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 3, activation: "softmax" })] });
      model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
      let file: { trainingConfig?: unknown; modelTopology: Record<string, unknown> } | undefined;
      await model.save(
        {
          save: async ({ modelTopology, trainingConfig }) => {
            file = JSON.parse(JSON.stringify({ modelTopology, trainingConfig }));
            return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
          },
        },
        { includeOptimizer: true },
      );
      assert.deepEqual(readTrainingConfig(file ?? assert.fail()), readCompiled(tf, model));
      model.dispose();
    }
  });

  it("is nothing where a model was saved without training, or in a way nobody knows", () => {
    for (const modelTopology of [
      {},
      { compile_config: {} },
      { training_config: 7 },
      { training_config: { loss: "mse" } },
    ]) {
      assert.equal(readTrainingConfig({ modelTopology }), undefined);
    }
    const odd = {
      training_config: { optimizer_config: { class_name: "Adam", config: { learning_rate: "x", beta_1: [] } } },
    };
    const compiled = readTrainingConfig({ modelTopology: odd });
    assert.equal(compiled?.settings.optimizer?.name, "adam");
    assert.match(compiled?.ignored.join() ?? "", /no number/);
  });
});
