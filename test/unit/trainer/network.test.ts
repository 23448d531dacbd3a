import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { withClassWeights } from "../../../src/data/classWeights.ts";
import { createRandom } from "../../../src/data/random.ts";
import { type DataSet, isStreamed, type Split } from "../../../src/data/types.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { nameWeights } from "../../../src/models/weightNames.ts";
import { createNetwork } from "../../../src/trainer/network.ts";

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
    const batch = network().batches.training(data, Uint32Array.of(2, 0, 1), 0, 2);
    assert.equal(batch.count, 2);
    const { x, y } = batch.read(batch.inputs);
    assert.deepEqual([x.shape, y.dtype, y.shape], [[2, 2], "int32", [2]]);
    const expected = [204 / 255 - 0.5, 0.5, -0.5, 51 / 255 - 0.5];
    for (const [at, value] of x.dataSync().entries()) assert.ok(Math.abs(value - (expected[at] ?? 9)) < 1e-7);
    assert.deepEqual([...y.dataSync()], [1, 0]);
  });

  it("are refused beyond the split", () => {
    assert.throws(() => network().batches.training(data, Uint32Array.of(3), 0, 1), RangeError);
  });

  it("leave no tensors behind, nor does the network", () => {
    const before = tf.memory().numTensors;
    const made = network();
    const start = tf.memory().numTensors;
    const batch = made.batches.training(data, Uint32Array.of(2, 0, 1), 0, 3);
    batch.dispose();
    assert.equal(tf.memory().numTensors, start);
    made.evaluate(data, data.validation);
    made.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("targets that do not count alike", () => {
  const COUNT = 503;
  const random = createRandom("counting");
  const draw = (length: number, make: () => number) => Array.from({ length }, make);
  const x = Float32Array.from(draw(COUNT * 2, () => random.next()));
  const w = Float32Array.from(draw(COUNT, () => random.next()));
  const y = Int32Array.from(draw(COUNT, () => Math.floor(random.next() * 4) - 1));
  const dataOf = (keep: readonly number[], weights: Float32Array | undefined): DataSet => {
    const split: Split = {
      count: keep.length,
      x: Float32Array.from(keep.flatMap((at) => [x[at * 2] ?? 0, x[at * 2 + 1] ?? 0])),
      y: Int32Array.from(keep.map((at) => y[at] ?? 0)),
      ...(weights === undefined ? {} : { w: Float32Array.from(keep.map((at) => weights[at] ?? 0)) }),
    };
    const wShape = weights === undefined ? {} : { wShape: [] };
    return {
      ...{ spec: "", sha256: "", xShape: [2], yShape: [], classes: 3, scale: 1, offset: 0, ...wShape },
      ...{ train: split, validation: split, test: split },
    };
  };
  const all = [...y.keys()];
  const score = (data: DataSet, ignoreTarget?: number) => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
    model.setWeights([tf.tensor2d([1, -2, 3, 0.5, 1, -1], [2, 3]), tf.zeros([3])]);
    const [metric] = createMetrics(tf, ["perplexity"]);
    assert.ok(metric !== undefined);
    const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
    const network = createNetwork(tf, { model, objective, metric, inputShape: [2], layers: ["**"], ignoreTarget });
    const found = network.evaluate(data, data.validation);
    network.dispose();
    return found;
  };
  const near = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) <= 1e-5 * expected, `${found}, expected ${expected}`);

  it("are left out as if they were not there, over uneven batches", () => {
    const found = score(dataOf(all, undefined), -1);
    const expected = score(
      dataOf(
        all.filter((at) => y[at] !== -1),
        undefined,
      ),
    );
    near(found.loss, expected.loss);
    near(found.metric, expected.metric);
    near(found.metric, Math.exp(found.loss));
  });

  it("weigh in the loss by their number, in the metric by their weights", () => {
    const [kernel, columns] = [[1, -2, 3, 0.5, 1, -1], 3];
    const losses = all.map((at) => {
      const logits = Array.from({ length: columns }, (_, unit) =>
        [0, 1].reduce((sum, row) => sum + (x[at * 2 + row] ?? 0) * (kernel[row * columns + unit] ?? 0), 0),
      );
      return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (logits[y[at] ?? 0] ?? 0);
    });
    const counted = all.filter((at) => y[at] !== -1);
    const total = counted.reduce((sum, at) => sum + (w[at] ?? 0) * (losses[at] ?? 0), 0);
    const found = score(dataOf(all, w), -1);
    near(found.loss, total / counted.length);
    near(found.metric, Math.exp(total / counted.reduce((sum, at) => sum + (w[at] ?? 0), 0)));
  });

  it("count by their classes in training, as TensorFlow.js's fit has it: the mean over all examples; elsewhere as ever", () => {
    const classWeights = [0.3, 4, 1];
    const [kernel, columns] = [[1, -2, 3, 0.5, 1, -1], 3];
    const ids = y.map((id) => Math.max(id, 0));
    const split: Split = { count: COUNT, x, y: ids };
    const plain: DataSet = { ...dataOf(all, undefined), train: split, validation: split, test: split };
    const data = withClassWeights(plain, Object.fromEntries(classWeights.entries()));
    assert.ok(!isStreamed(data));

    // d/dK of Σ w·l / number of l, of a softmax: Σ w · x · (p − one-hot) / number.
    let expectedLoss = 0;
    const slopes = new Float64Array(kernel.length);
    for (const at of all) {
      const inputs = [x[at * 2] ?? 0, x[at * 2 + 1] ?? 0];
      const exponentials = Array.from({ length: columns }, (_, unit) =>
        Math.exp(inputs.reduce((sum, value, row) => sum + value * (kernel[row * columns + unit] ?? 0), 0)),
      );
      const total = exponentials.reduce((sum, value) => sum + value, 0);
      const id = ids[at] ?? 0;
      const weight = (classWeights[id] ?? 1) / COUNT;
      expectedLoss -= weight * Math.log((exponentials[id] ?? 0) / total);
      for (const [unit, value] of exponentials.entries()) {
        const error = value / total - (unit === id ? 1 : 0);
        for (const [row, input] of inputs.entries()) {
          const place = row * columns + unit;
          slopes[place] = (slopes[place] ?? 0) + weight * input * error;
        }
      }
    }

    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, activation: "softmax", inputShape: [2] })] });
    model.setWeights([tf.tensor2d(kernel, [2, 3]), tf.zeros([3])]);
    const [metric] = createMetrics(tf, ["accuracy"]);
    assert.ok(metric !== undefined);
    const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
    const network = createNetwork(tf, { model, objective, metric, inputShape: [2], layers: ["**"] });
    const batch = network.batches.training(data, Uint32Array.from(all), 0, COUNT);
    const { loss, gradients } = network.differentiate(batch.read(batch.inputs), tf.tensor1d([1], "int32"));
    near(loss.dataSync()[0] ?? 0, expectedLoss);
    for (const [at, slope] of (gradients[0]?.dataSync() ?? []).entries()) {
      assert.ok(Math.abs(slope - (slopes[at] ?? 9)) < 1e-6, `${slope}, expected ${slopes[at]}`);
    }
    near(network.evaluate(data, data.validation).loss, score(plain).loss);
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
