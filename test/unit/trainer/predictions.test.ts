import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { DataSet } from "../../../src/data/types.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { type ClassPredictions, predictionsSchema } from "../../../src/protocol/predictions.ts";
import { createBatches } from "../../../src/trainer/batches.ts";
import { createJudge } from "../../../src/trainer/judge.ts";
import { type Judgement, packJudgement, unpackJudgement } from "../../../src/trainer/judgement.ts";
import { comparePredictions } from "../../../src/trainer/predictions.ts";

/** Five pictures of 1 × 2 grey pixels, of three classes. */
function makeData(change: Partial<DataSet> = {}, x: Uint8Array | Float32Array = pixels()): DataSet {
  const split = { count: 5, x, y: Int32Array.of(0, 1, 2, 1, 0) };
  return {
    ...{ spec: "pictures", sha256: "", xShape: [1, 2, 1], yShape: [], scale: 1, offset: 0, classes: 3 },
    ...{ train: split, validation: split, test: split },
    ...change,
  };
}
const pixels = () => Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

function compare(data: DataSet, dense: Judgement, pruned: Judgement): ClassPredictions {
  const found = comparePredictions(data, dense, pruned);
  assert.ok(found.of === "classes");
  return found;
}

const judgement = (...predicted: number[]) => ({
  predicted: Float32Array.from(predicted),
  scores: Float32Array.from(predicted, (_, at) => 0.5 + at / 10),
});

describe("predictions of two models", () => {
  before(() => tf.setBackend("cpu"));

  it("are counted by target, and told apart by who is wrong", () => {
    //                                          targets: 0  1  2  1  0
    const classNames = ["cat", "dog", "owl"];
    const found = compare(makeData({ classNames }), judgement(0, 1, 1, 2, 0), judgement(0, 0, 1, 1, 2));
    assert.deepEqual(found.names, classNames);
    assert.deepEqual(found.confusion, {
      dense: [
        [2, 0, 0],
        [0, 1, 1],
        [0, 1, 0],
      ],
      pruned: [
        [1, 0, 1],
        [1, 1, 0],
        [0, 1, 0],
      ],
    });
    assert.deepEqual(found.wrong, { dense: 1, pruned: 2, both: 1 });
    assert.deepEqual(
      found.examples.map(({ index }) => index),
      [1, 4, 2, 3],
      "what pruning has cost comes first",
    );
    assert.deepEqual(found.examples[1], {
      ...{ index: 4, target: 0 },
      dense: { predicted: 0, score: 0.9 },
      pruned: { predicted: 2, score: 0.9 },
    });
    assert.deepEqual([...Buffer.from(found.pictures?.base64 ?? "", "base64")], [2, 3, 8, 9, 4, 5, 6, 7]);
    assert.deepEqual(predictionsSchema.parse(JSON.parse(JSON.stringify(found))), found);
  });

  it("leave out targets that are no class", () => {
    const y = Int32Array.of(0, -1, 2, 255, 0);
    const data = makeData({ validation: { count: 5, x: pixels(), y } });
    const found = compare(data, judgement(0, 1, 2, 1, 0), judgement(0, 0, 2, 1, 1));
    assert.deepEqual(found.wrong, { dense: 0, pruned: 1, both: 0 });
    assert.equal(
      found.confusion.pruned.flat().reduce((sum, count) => sum + count, 0),
      3,
    );
  });

  it("stretch values that are no bytes from black to white, and leave out what is no picture", () => {
    const data = makeData({}, Float32Array.of(0, 0, -1, 3, 0, 0, 0, 0, 0, 0));
    const found = compare(data, judgement(0, 1, 2, 1, 0), judgement(0, 0, 2, 1, 0));
    assert.deepEqual([...Buffer.from(found.pictures?.base64 ?? "", "base64")], [0, 255]);
    const same = compare(data, judgement(0, 1, 2, 1, 0), judgement(0, 1, 2, 1, 0));
    assert.equal(same.pictures, undefined);
    assert.deepEqual(same.examples, []);
    for (const xShape of [[2], [1, 1, 2]]) {
      const other = compare(makeData({ xShape }), judgement(0, 1, 2, 1, 0), judgement(0, 0, 2, 1, 0));
      assert.equal(other.pictures, undefined);
      assert.equal(other.examples.length, 1);
    }
  });

  it("of values are told by how far they are off", () => {
    const y = Float32Array.of(1, 2, 3, 4, 5);
    const split = { count: 5, x: pixels(), y };
    const { classes: _classes, ...values } = makeData({ yShape: [1], validation: split });
    const say = (...predicted: number[]) => ({ predicted: Float32Array.from(predicted) });
    const found = comparePredictions(values, say(1, 2, 3, 4, 10), say(2, 3, 4, 5, 6));
    assert.ok(found.of === "values");
    assert.ok(Math.abs(found.errors.dense - Math.sqrt(5)) < 1e-6, "one of five is off by 5");
    assert.ok(Math.abs(found.errors.pruned - 1) < 1e-6, "each is off by 1");
    assert.ok(Math.abs(found.errors.between - Math.sqrt(4)) < 1e-6, "four differ by 1, one by 4");
    assert.deepEqual(found.points[4], { target: 5, dense: 10, pruned: 6 });
    assert.deepEqual(predictionsSchema.parse(JSON.parse(JSON.stringify(found))), found);
  });

  it("go into a checkpoint and come out of it", () => {
    const before = judgement(2, 0, 1, 1, 0);
    assert.deepEqual(unpackJudgement(packJudgement(before)), before);
    const written = { predicted: Float32Array.of(5, 3), test: Float32Array.of(6, 3) };
    assert.deepEqual(unpackJudgement(packJudgement(written)), written);
    assert.equal(unpackJudgement(packJudgement(undefined)), undefined);
  });

  it("are those of the model", () => {
    // Scores: the two pixels, and 5.
    const layer = tf.layers.dense({
      units: 3,
      weights: [tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]), tf.tensor1d([0, 0, 5])],
    });
    const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [1, 2, 1] }), layer] });
    // As a network holds it, in batches of which the last is smaller.
    const batches = createBatches(tf, [1, 2, 1]);
    const [all] = [...batches.all(makeData(), makeData().train)];
    const cut = (from: number, count: number) => {
      const of = (tensor: tf.Tensor | undefined) => tf.slice(tensor ?? tf.zeros([5]), [from], [count]);
      return { x: of(all?.x), y: of(all?.y), count };
    };
    const held = [cut(0, 2), cut(2, 2), cut(4, 1)];
    const settings = resolveSettings({}, {});
    const network = { batches: { ...batches, all: () => held }, write: () => [] };
    const judge = (data: DataSet) =>
      createJudge(tf, {
        ...{ model, network, data, settings },
        objective: createObjective(tf, model, "sparseCategoricalCrossentropy"),
      });
    const { numTensors } = tf.memory();
    const found = judge(makeData())?.();
    assert.equal(tf.memory().numTensors, numTensors);
    // Pixels 0 1, 2 3, 4 5, 6 7, 8 9; of equal scores the first.
    assert.deepEqual([...(found?.predicted ?? [])], [2, 2, 1, 1, 1]);
    const softmax = Math.exp(9) / (Math.exp(8) + Math.exp(9) + Math.exp(5));
    assert.ok(Math.abs((found?.scores?.[4] ?? 0) - softmax) < 1e-6);
    assert.equal(judge(makeData({ classes: 4 })), undefined, "an output for each class");
    assert.equal(judge(makeData({ yShape: [1] })), undefined, "several targets each");
    const one = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [1, 2, 1] }),
        tf.layers.dense({ units: 1, weights: [tf.tensor2d([1, 2], [2, 1]), tf.tensor1d([3])] }),
      ],
    });
    const { classes: _classes, ...values } = makeData({ yShape: [1] });
    const objective = createObjective(tf, one, "meanSquaredError");
    const ofValues = createJudge(tf, { ...{ model: one, objective, network, settings }, data: values });
    assert.deepEqual([...(ofValues?.().predicted ?? [])], [5, 11, 17, 23, 29]);
  });
});
