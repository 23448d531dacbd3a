import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { createObjective } from "../../../src/models/objective.ts";
import { settingsSchema } from "../../../src/protocol/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { wholeBatch } from "../../../src/trainer/batches.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { Shrinking, type ShrinkParts } from "../../../src/trainer/shrinking.ts";

/** Three units: the first works, the second sees nothing and gives its bias, the third is seen by nothing. */
function makeShrinking(compaction: "auto" | "off" = "auto") {
  const model = tf.sequential();
  model.add(tf.layers.dense({ inputShape: [2], units: 3, activation: "relu", name: "hidden" }));
  model.add(tf.layers.dense({ units: 2, name: "out" }));
  model.setWeights([
    tf.tensor2d([1, 0, 2, 3, 0, 4], [2, 3]),
    tf.tensor1d([0.25, 0.5, 9]),
    tf.tensor2d([1, 2, 4, 6, 0, 0], [3, 2]),
    tf.tensor1d([10, 20]),
  ]);
  const objectiveOf = (of: tf.LayersModel) => createObjective(tf, of, "sparseCategoricalCrossentropy");
  const metric = { name: "loss", better: "lower", compute: (_: tf.Tensor, y: tf.Tensor) => y } as const;
  const parts = { metric, inputShape: [2], layers: ["**"] };
  const network = createNetwork(tf, { ...parts, model, objective: objectiveOf(model) });
  const settings = settingsSchema.parse({ compaction, optimizer: { name: "momentum" } });
  const update = createUpdate(tf, network.parameters, settings);
  const shrink: ShrinkParts = {
    model,
    build: (smaller, names) =>
      createNetwork(tf, { ...parts, model: smaller, objective: objectiveOf(smaller), batches: network.batches, names }),
  };
  const masks = new Map([
    ["hidden/kernel", Float32Array.of(1, 0, 1, 1, 0, 1)],
    ["out/kernel", Float32Array.of(1, 1, 1, 1, 0, 0)],
  ]);
  const valuesOf = (name: string) => [...(network.weights.get(name)?.dataSync() ?? [])];
  return { model, network, update, masks, valuesOf, shrinking: new Shrinking(tf, network, update, settings, shrink) };
}

describe("a network that becomes smaller while it is trained", () => {
  before(() => tf.setBackend("cpu"));

  it("takes what constant units gave into the next bias, in the user's model as well", () => {
    const { model, shrinking, masks, valuesOf } = makeShrinking();
    const x = tf.tensor2d([1, -0.5, 0.3, 2], [2, 2]);
    const before = [...(model.predict(x) as tf.Tensor).dataSync()];
    const found = shrinking.shrink(masks);
    assert.equal(found?.isSmaller, true);
    assert.deepEqual(
      [...(found?.masks ?? [])].map(([name, mask]) => [name, [...mask]]),
      [
        ["hidden/kernel", [1, 0, 0, 1, 0, 0]],
        ["out/kernel", [1, 1, 0, 0, 0, 0]],
      ],
    );
    assert.deepEqual(shrinking.weights, { model: 9 + 8, trained: 3 + 4 });
    shrinking.pull();
    assert.deepEqual(valuesOf("hidden/kernel"), [1, 0, 0, 3, 0, 0]);
    assert.deepEqual(valuesOf("hidden/bias"), [0.25, 0, 0]);
    assert.deepEqual(valuesOf("out/kernel"), [1, 2, 0, 0, 0, 0]);
    assert.deepEqual(valuesOf("out/bias"), [12, 23]);
    assert.deepEqual([...(model.predict(x) as tf.Tensor).dataSync()], before);
    shrinking.dispose();
  });

  it("carries the optimizer's state and steps there and back", () => {
    const { shrinking, masks, update } = makeShrinking();
    update.steps = 7;
    const velocity =
      update.state.get("velocity/out/kernel") ?? [...update.state].find(([key]) => key.endsWith("/out/kernel"))?.[1];
    velocity?.assign(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
    shrinking.shrink(masks);
    const own = [...shrinking.trained.update.state].find(([key]) => key.endsWith("/out/kernel"))?.[1];
    assert.deepEqual([...(own?.dataSync() ?? [])], [1, 2]);
    assert.equal(shrinking.trained.update.steps, 7);
    const batch = wholeBatch(tf, { x: tf.tensor2d([1, 2, 3, -1], [2, 2]), y: tf.tensor1d([0, 1], "int32") }, 2);
    shrinking.train({ batches: [batch], learningRate: 0.1, strength: null, seed: [1] });
    const after = [...(own?.dataSync() ?? [])];
    assert.notDeepEqual(after, [1, 2]);
    shrinking.grow();
    assert.deepEqual([...(velocity?.dataSync() ?? [])], [...after, 0, 0, 0, 0]);
    assert.equal(update.steps, 8);
    assert.equal(shrinking.isSmaller, false);
    shrinking.dispose();
  });

  it("is built anew from what a checkpoint says was kept", () => {
    const first = makeShrinking();
    first.shrinking.shrink(first.masks);
    first.shrinking.pull();
    const stored = first.shrinking.pack();
    const second = makeShrinking();
    for (const [name, variable] of second.network.weights) {
      variable.assign(tf.tensor(first.valuesOf(name), variable.shape));
    }
    second.shrinking.unpack(stored, first.masks);
    assert.deepEqual(second.shrinking.weights, first.shrinking.weights);
    const weightsOf = ({ shrinking }: typeof first) =>
      [...shrinking.trained.network.weights].map(([name, variable]) => [name, [...variable.dataSync()]]);
    assert.deepEqual(weightsOf(second), weightsOf(first));
    first.shrinking.dispose();
    second.shrinking.dispose();
  });

  it("is not trained where that is asked for, but its weights are left out all the same", () => {
    const { shrinking, masks, valuesOf } = makeShrinking("off");
    const found = shrinking.shrink(masks);
    assert.deepEqual([found?.isSmaller, shrinking.isSmaller], [false, false]);
    assert.deepEqual([...(found?.masks.get("hidden/kernel") ?? [])], [1, 0, 0, 1, 0, 0]);
    assert.deepEqual(valuesOf("hidden/kernel"), [1, 0, 0, 3, 0, 0]);
    assert.deepEqual(valuesOf("out/bias"), [12, 23]);
  });

  it("stays as it is where all units do something", () => {
    const { shrinking, masks, valuesOf } = makeShrinking();
    const all = new Map([...masks].map(([name, mask]) => [name, mask.map(() => 1)]));
    assert.equal(shrinking.shrink(all), undefined);
    assert.equal(shrinking.isSmaller, false);
    assert.deepEqual(valuesOf("out/bias"), [10, 20]);
  });
});
