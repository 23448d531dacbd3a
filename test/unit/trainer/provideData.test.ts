import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createTask } from "../../../src/models/task.ts";
import type { SettingsInput } from "../../../src/protocol/settings.ts";
import { provideData } from "../../../src/trainer/provideData.ts";

const COUNT = 12;
const tokens = Array.from({ length: COUNT }, (_, at) => [1 + (at % 3), 1 + (at % 2), 0]);
const oneHot = Array.from({ length: COUNT }, (_, at) => [0, 1, 2].map((id) => (id === at % 3 ? 1 : 0)));

describe("the data of a run", () => {
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  const taskOf = async (model: tf.LayersModel, given: unknown, input: SettingsInput) => {
    const settings = resolveSettings({ data: "custom", ...input }, {});
    const definition = { settings: {}, build: async () => model, data: () => given };
    const data = await provideData(tf, definition, model, settings, "net.ts", () => undefined);
    return { data, task: createTask(tf, model, data, settings, {}, undefined) };
  };

  it("has ids for each position where the model gives out classes for each, padding among them or not", async () => {
    const model = () =>
      tf.sequential({ layers: [tf.layers.embedding({ inputDim: 4, outputDim: 4, inputShape: [3] })] });
    const { data } = await taskOf(model(), { x: tokens, y: tokens }, { ignoreTarget: 0 });
    assert.deepEqual([data.yShape, data.classes], [[3], 4]);
    const marked = tokens.map((row) => row.map((id) => (id === 0 ? -1 : id)));
    const other = await taskOf(model(), { x: tokens, y: marked }, { ignoreTarget: -1 });
    assert.deepEqual([other.data.yShape, other.data.classes], [[3], 4]);
    await assert.rejects(taskOf(model(), { x: tokens, y: marked }, {}), /a target is -1, which is no class/);
  });

  it("has values where whole numbers are rows for one output each, and says so of the loss", async () => {
    const model = () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [3] })] });
    const { data } = await taskOf(model(), { x: tokens, y: oneHot }, { loss: "categoricalCrossentropy" });
    assert.deepEqual([data.yShape, data.classes], [[3], undefined]);
    await assert.rejects(taskOf(model(), { x: tokens, y: oneHot }, {}), /needs class ids/);
  });

  it("has no weights that the loss would not take", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [3] })] });
    const settings = resolveSettings({ data: "custom", loss: "custom" }, {});
    const definition = {
      ...{ settings: {}, build: async () => model, data: () => ({ x: tokens, y: oneHot, w: oneHot.map(() => 1) }) },
      loss: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.losses.meanSquaredError(yTrue, yPred),
    };
    const data = await provideData(tf, definition, model, settings, "net.ts", () => undefined);
    assert.throws(() => createTask(tf, model, data, settings, definition, undefined), /does not take their weights/);
  });

  it("is texts as the settings cut them, for the model's inputs in their order", async () => {
    const inputs = ["read", "written"].map((name) => tf.input({ shape: [null], name }));
    const embedded = inputs.map((each) => tf.layers.embedding({ inputDim: 40, outputDim: 2 }).apply(each));
    const outputs = tf.layers.dense({ units: 40 }).apply(embedded[1] as tf.SymbolicTensor) as tf.SymbolicTensor;
    const settings = resolveSettings({ data: "phrases", text: { tokenizer: "character" } }, {});
    const definition = { settings: {}, build: async () => tf.model({ inputs, outputs }) };
    const provide = (model: tf.LayersModel) => provideData(tf, definition, model, settings, "net.ts", () => undefined);
    const data = await provide(await definition.build());
    assert.deepEqual(
      data.xFields?.map(({ name }) => name),
      ["read", "written"],
    );
    assert.ok((data.classes ?? 0) < 40, "there are as many tokens as letters");
    const one = tf.sequential({ layers: [tf.layers.embedding({ inputDim: 40, outputDim: 2, inputShape: [3] })] });
    await assert.rejects(provide(one), /"phrases" is for a model with two inputs, and this one has 1/);
  });
});
