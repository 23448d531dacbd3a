import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Metric } from "../../../src/models/experiment.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { isTextMetric } from "../../../src/models/textMetrics.ts";
import type { METRIC_NAMES } from "../../../src/protocol/settings.ts";

const named = (name: (typeof METRIC_NAMES)[number]): Metric => {
  const [metric] = createMetrics(tf, [name]);
  assert.ok(metric?.name === name && !isTextMetric(metric));
  return metric;
};

const values = (name: (typeof METRIC_NAMES)[number], yTrue: tf.Tensor, yPred: tf.Tensor): number[] => {
  const found = named(name).compute(yTrue, yPred);
  return [...found.dataSync()];
};

describe("metrics", () => {
  const predictions = tf.tensor2d([
    [0.1, 0.7, 0.2],
    [0.5, 0.2, 0.3],
    [0.1, 0.1, 0.8],
  ]);

  it("count right classes per example, from ids and from one-hot", () => {
    const ids = tf.tensor1d([1, 2, 2], "int32");
    assert.deepEqual(values("accuracy", ids, predictions), [1, 0, 1]);
    assert.deepEqual(values("accuracy", tf.oneHot(ids, 3), predictions), [1, 0, 1]);
  });

  it("count what is on the right side of 0.5 where there is one output", () => {
    const outputs = tf.tensor2d([[0.9], [0.2], [0.6], [0.4]]);
    assert.deepEqual(values("accuracy", tf.tensor2d([[1], [0], [0], [1]]), outputs), [1, 1, 0, 0]);
    assert.deepEqual(values("accuracy", tf.tensor1d([1, 0, 0, 1], "int32"), outputs), [1, 1, 0, 0]);
  });

  it("count classes among the likeliest", () => {
    const scores = tf.tensor2d([
      [6, 5, 4, 3, 2, 1],
      [6, 5, 4, 3, 2, 1],
      [1, 1, 1, 1, 1, 1],
    ]);
    const ids = tf.tensor1d([4, 5, 0], "int32");
    assert.deepEqual(values("top5Accuracy", ids, scores), [1, 0, 1]);
    assert.deepEqual(values("top3Accuracy", ids, scores), [0, 0, 1]);
    assert.deepEqual(values("top2Accuracy", tf.tensor1d([1, 2, 3], "int32"), scores), [1, 0, 1]);
    assert.deepEqual(values("top10Accuracy", ids, scores), [1, 1, 1]);
  });

  it("are finished from the mean: a root, and the power of the cross-entropy", () => {
    const finished = (name: (typeof METRIC_NAMES)[number], yTrue: tf.Tensor, yPred: tf.Tensor) => {
      const found = values(name, yTrue, yPred);
      return named(name).finish?.(found.reduce((sum, value) => sum + value, 0) / found.length) ?? Number.NaN;
    };
    const near = (value: number, expected: number) =>
      assert.ok(Math.abs(value - expected) < 1e-5, `${value}, not ${expected}`);
    near(finished("rootMeanSquaredError", tf.tensor2d([[1], [2]]), tf.tensor2d([[4], [6]])), Math.sqrt((9 + 16) / 2));
    // The chances of the true classes are 0.7, 0.3 and 0.8.
    near(finished("perplexity", tf.tensor1d([1, 2, 2], "int32"), predictions), (0.7 * 0.3 * 0.8) ** (-1 / 3));
  });

  it("have a value for each output", () => {
    const yTrue = tf.tensor2d([
      [0, 1, 1],
      [0, 1, 0],
      [1, 1, 0],
    ]);
    const round = (numbers: number[]) => numbers.map((value) => Math.round(value * 1e5) / 1e5);
    assert.deepEqual(round(values("binaryAccuracy", yTrue, predictions)), [1, 1, 0, 1, 0, 1, 0, 0, 0]);
    assert.deepEqual(
      round(values("meanAbsoluteError", yTrue, predictions)),
      [0.1, 0.3, 0.8, 0.5, 0.8, 0.3, 0.9, 0.9, 0.8],
    );
    assert.deepEqual(
      round(values("meanSquaredError", yTrue, predictions)),
      [0.01, 0.09, 0.64, 0.25, 0.64, 0.09, 0.81, 0.81, 0.64],
    );
  });

  it("keep the order of names and of the user's own", () => {
    const own = (name: string): Metric => ({ name, better: "lower", compute: (yTrue) => yTrue });
    const found = createMetrics(tf, ["custom", "accuracy", "custom"], [own("a"), own("b")]);
    assert.deepEqual(
      found.map(({ name }) => name),
      ["a", "accuracy", "b"],
    );
    assert.throws(() => createMetrics(tf, ["custom"]), /"custom" without a metric/);
  });
});
