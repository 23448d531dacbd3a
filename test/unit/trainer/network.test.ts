import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { DataSet } from "../../../src/data/types.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { nameWeights } from "../../../src/trainer/weightNames.ts";

describe("a network's batches", () => {
  const network = () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, activation: "softmax", inputShape: [2] })] });
    const [metric] = createMetrics(tf, ["accuracy"]);
    assert.ok(metric !== undefined);
    const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
    return createNetwork(tf, { model, objective, metric, inputShape: [2], layers: ["**"] });
  };
  const split = { count: 3, x: Uint8Array.of(0, 51, 102, 153, 204, 255), y: Int32Array.of(0, 1, 1) };
  const data: DataSet = {
    ...{ spec: "", sha256: "", xShape: [2], yShape: [], classes: 2 },
    ...{ scale: 1 / 255, offset: -0.5, train: split, validation: split, test: split },
  };

  it("are scaled, and in the order that was asked for", () => {
    const batch = network().batch(data, Uint32Array.of(2, 0, 1), 0, 2);
    assert.equal(batch.count, 2);
    const { x, y } = batch.read(batch.inputs);
    assert.deepEqual([x.shape, y.dtype, y.shape], [[2, 2], "int32", [2]]);
    const expected = [204 / 255 - 0.5, 0.5, -0.5, 51 / 255 - 0.5];
    for (const [at, value] of x.dataSync().entries()) assert.ok(Math.abs(value - (expected[at] ?? 9)) < 1e-7);
    assert.deepEqual([...y.dataSync()], [1, 0]);
  });

  it("are refused beyond the split", () => {
    assert.throws(() => network().batch(data, Uint32Array.of(3), 0, 1), RangeError);
  });

  it("leave no tensors behind, nor does the network", () => {
    const before = tf.memory().numTensors;
    const made = network();
    const start = tf.memory().numTensors;
    const batch = made.batch(data, Uint32Array.of(2, 0, 1), 0, 3);
    batch.dispose();
    assert.equal(tf.memory().numTensors, start);
    made.evaluate(data, data.validation);
    made.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("names of weights", () => {
  it("are the layers' own, and count unnamed layers within their model, in the order in which they were made", () => {
    tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    const late = tf.layers.dense({ units: 3 });
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 4, inputShape: [2], useBias: false }));
    model.add(tf.layers.dense({ name: "block_Dense", units: 3, useBias: false }));
    model.add(late);
    model.add(tf.layers.prelu());
    assert.deepEqual(
      [...nameWeights(model).values()],
      ["dense_Dense2/kernel", "block_Dense/kernel", "dense_Dense1/kernel", "dense_Dense1/bias", "p_re_lu_PReLU1/alpha"],
    );
    model.dispose();
  });
});
