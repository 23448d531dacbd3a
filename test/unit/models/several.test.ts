import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { readGiven } from "../../../src/data/given/given.ts";
import { createRandom } from "../../../src/data/random.ts";
import { readCompiled } from "../../../src/models/compiled.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { namesOfSeveral } from "../../../src/models/several.ts";
import { createTask } from "../../../src/models/task.ts";
import { isTextMetric } from "../../../src/models/textMetrics.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

const COUNT = 12;
const random = createRandom("several");
const draw = (width: number) => Array.from({ length: COUNT }, () => Array.from({ length: width }, () => random.next()));
const DATA = { left: draw(3), right: draw(4), kind: Array.from({ length: COUNT }, (_, at) => at % 2), size: draw(1) };

/** Two inputs; one output of two classes, one of a value. */
function build(): tf.LayersModel {
  const left = tf.input({ shape: [3], name: "left" });
  const right = tf.input({ shape: [2, 2], name: "right" });
  const flat = tf.layers.flatten().apply(right) as tf.SymbolicTensor;
  const both = tf.layers.concatenate().apply([left, flat]) as tf.SymbolicTensor;
  const kind = tf.layers.dense({ name: "kind", units: 2, activation: "softmax" }).apply(both) as tf.SymbolicTensor;
  const size = tf.layers.dense({ name: "size", units: 1 }).apply(both) as tf.SymbolicTensor;
  return tf.model({ inputs: [left, right], outputs: [kind, size] });
}

const options = (model: tf.LayersModel) => {
  const [inputs, outputs] = [namesOfSeveral(model.inputNames), namesOfSeveral(model.outputNames)];
  assert.ok(inputs !== undefined && outputs !== undefined);
  return { validationSplit: 0.25, seed: 0, inputs, outputs };
};

const given = { x: { left: DATA.left, right: DATA.right }, y: { kind: DATA.kind, size: DATA.size } };

describe("models with several inputs and outputs", () => {
  afterEach(() => tf.disposeVariables());

  const tensors = (data: Awaited<ReturnType<typeof readGiven>>) => {
    const { count, x, y } = data.train;
    return { x: tf.tensor2d(x as Float32Array, [count, 7]), y: tf.tensor2d(y as Float32Array, [count, 2]) };
  };

  it("take data by name, in lists, or example by example, and are the same", async () => {
    const model = build();
    const byName = await readGiven("custom", given, options(model));
    assert.deepEqual([byName.xShape, byName.yShape, byName.classes], [[7], [2], undefined]);
    assert.deepEqual(
      byName.xFields?.map(({ name, shape }) => [name, shape]),
      [
        ["left", [3]],
        ["right", [4]],
      ],
    );
    const lists = { x: [tf.tensor2d(DATA.left), tf.tensor2d(DATA.right)], y: [DATA.kind, DATA.size] };
    const examples = DATA.left.map((left, at) => ({
      xs: { left, right: DATA.right[at] },
      ys: { kind: DATA.kind[at], size: DATA.size[at] },
    }));
    for (const other of [lists, examples]) {
      const { train, sha256 } = await readGiven("custom", other, options(model));
      assert.equal(sha256, byName.sha256);
      assert.deepEqual(train, byName.train);
    }
  });

  it("have the sum of a loss for each output as TensorFlow.js computes it when it is compiled so", async () => {
    const model = build();
    const loss = { kind: "sparseCategoricalCrossentropy", size: "meanAbsoluteError" };
    model.compile({ optimizer: "sgd", loss, metrics: { size: "mse" } });
    const compiled = readCompiled(tf, model);
    assert.deepEqual(compiled?.settings.metrics, ["meanSquaredError"]);
    const settings = resolveSettings({}, {}, compiled?.settings);
    const data = await readGiven("custom", given, options(model));
    const task = createTask(tf, model, data, settings, {}, compiled);
    const { x, y } = tensors(data);
    const raw = task.objective.forward(x, { training: true });
    const [left, right] = tf.split(x, [3, 4], 1) as [tf.Tensor, tf.Tensor];
    const [kind, size] = tf.split(y, [1, 1], 1) as [tf.Tensor, tf.Tensor];
    const count = data.train.count;
    // TensorFlow.js's own adds up the losses of the outputs one by one: the second is the sum.
    const [, expected] = model.evaluate([left, tf.reshape(right, [count, 2, 2])], [kind, size], {
      batchSize: count,
    }) as tf.Scalar[];
    const found = task.objective.loss(y, raw).dataSync()[0] ?? Number.NaN;
    assert.ok(Math.abs(found - (expected?.dataSync()[0] ?? 0)) < 1e-5, `${found}, TensorFlow.js has ${expected}`);
    const outputs = model.predict([left, tf.reshape(right, [count, 2, 2])]) as tf.Tensor[];
    const errors = tf.squeeze(tf.squaredDifference(outputs[1] as tf.Tensor, size), [1]);
    assert.ok(!isTextMetric(task.metric));
    assert.deepEqual(
      [...task.metric.compute(y, task.objective.predict(raw)).dataSync()].map((each) => each.toFixed(5)),
      [...errors.dataSync()].map((each) => each.toFixed(5)),
    );
  });

  it("take a named loss for every output, or a function of lists, and have gradients by all weights", async () => {
    const model = build();
    const data = await readGiven(
      "custom",
      { ...given, y: { kind: DATA.kind.map((id) => [id, 1 - id]), size: DATA.size } },
      options(model),
    );
    const settings = resolveSettings({ loss: "meanSquaredError", metrics: ["meanSquaredError"] }, {});
    const named = createTask(tf, model, data, settings, {}, undefined);
    const custom = createTask(
      tf,
      model,
      data,
      { ...settings, loss: "custom" },
      {
        loss: (yTrue, yPred) => {
          const [targets, outputs] = [yTrue, yPred] as unknown as [tf.Tensor[], tf.Tensor[]];
          return tf.addN(outputs.map((output, at) => tf.mean(tf.squaredDifference(output, targets[at] as tf.Tensor))));
        },
      },
      undefined,
    );
    const { count, x, y } = data.train;
    const [input, target] = [tf.tensor2d(x as Float32Array, [count, 7]), tf.tensor2d(y as Float32Array, [count, 3])];
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const slopes = [named, custom].map(({ objective }) =>
      tf.variableGrads(() => objective.loss(target, objective.forward(input, { training: true })), variables),
    );
    for (const variable of variables) {
      const [a, b] = slopes.map(({ grads }) => grads[variable.name]?.dataSync());
      assert.deepEqual(a, b);
      assert.ok(
        a?.some((value) => value !== 0),
        variable.name,
      );
    }
  });

  const refuses = async (value: unknown, message: RegExp): Promise<void> => {
    const model = build();
    await assert.rejects(
      async () => {
        const data = await readGiven("custom", value, options(model));
        createTask(tf, model, data, resolveSettings({}, {}), {}, undefined);
      },
      (error) => {
        assert.ok(error instanceof WhittleError, String(error));
        assert.match(`${error.message} ${error.remedy}`, message);
        return true;
      },
    );
  };

  it("say what is missing or does not fit", async () => {
    await refuses({ x: DATA.left, y: given.y }, /has 2 of x, left, right, but x is a list/);
    await refuses({ x: { left: DATA.left }, y: given.y }, /x has no "right", it has left/);
    await refuses(
      { x: { left: DATA.left, right: draw(5) }, y: given.y },
      /The input right takes examples of shape \[2, 2\].* \[5\]/,
    );
    await refuses({ x: given.x, y: { kind: draw(3), size: DATA.size } }, /The output kind has shape \[2\].* \[3\]/);
    await refuses({ x: given.x, y: { kind: [1], size: DATA.size } }, /x has 12 examples, but y\.kind has 1/);
    const one = { spec: "digits", xShape: [28, 28, 1], yShape: [], classes: 10 };
    assert.throws(
      () => createTask(tf, build(), one, resolveSettings({}, {}), {}, undefined),
      /has 2 inputs and 2 outputs, but "digits" has one of each/,
    );
  });
});
