import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { checkModel, type DataShape } from "../../../src/models/check.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

const digits: DataShape = { spec: "digits", xShape: [28, 28, 1], yShape: [], classes: 10 };
const mlp = (inputShape: number[], units: number) =>
  tf.sequential({
    layers: [
      tf.layers.reshape({ inputShape, targetShape: [inputShape.reduce((size, length) => size * length, 1)] }),
      tf.layers.dense({ units }),
    ],
  });

const rejects = (run: () => unknown, ...patterns: RegExp[]) => {
  assert.throws(run, (error) => {
    assert.ok(error instanceof WhittleError, String(error));
    for (const pattern of patterns) assert.match(`${error.message} ${error.remedy}`, pattern);
    return true;
  });
};

describe("check", () => {
  const loss = "sparseCategoricalCrossentropy";
  afterEach(() => tf.disposeVariables());

  it("accepts a model that fits", () => {
    assert.deepEqual(checkModel(mlp([28, 28, 1], 10), digits, loss), { inputShape: [28, 28, 1] });
  });

  it("reshapes examples of the same size, and says so", () => {
    const fit = checkModel(mlp([784], 10), digits, loss);
    assert.deepEqual(fit.inputShape, [784]);
    assert.match(fit.note ?? "", /\[28, 28, 1\].*\[784\]/);
  });

  it("accepts open lengths", () => {
    const input = tf.input({ shape: [null, null, 1] });
    const pooled = tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }).apply(input);
    const output = tf.layers.dense({ units: 10 }).apply(pooled) as tf.SymbolicTensor;
    assert.deepEqual(checkModel(tf.model({ inputs: input, outputs: output }), digits, loss).inputShape, [28, 28, 1]);
  });

  it("rejects inputs and outputs that do not fit, with both shapes", () => {
    rejects(() => checkModel(mlp([32, 32, 3], 10), digits, loss), /\[32, 32, 3\]/, /\[28, 28, 1\]/);
    rejects(() => checkModel(mlp([28, 28, 1], 9), digits, loss), /9 numbers/, /10 classes/);
    const map = tf.sequential({ layers: [tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 10, kernelSize: 3 })] });
    rejects(() => checkModel(map, digits, loss), /\[26, 26, 10\]/, /\[10\]/);
    rejects(() => checkModel(mlp([28, 28, 1], 10), digits, "meanSquaredError"), /\[10\]/, /meanSquaredError/);
    rejects(
      () => checkModel(mlp([2], 10), { spec: "points", xShape: [2], yShape: [1] }, loss),
      /needs class ids/,
      /meanSquaredError/,
    );
  });

  it("leaves outputs to a custom loss, and accepts targets of the right shape", () => {
    checkModel(mlp([28, 28, 1], 3), digits, "custom");
    checkModel(mlp([2], 3), { spec: "points", xShape: [2], yShape: [3] }, "meanSquaredError");
  });

  it("rejects fixed batches", () => {
    const fixed = tf.sequential({ layers: [tf.layers.dense({ batchInputShape: [32, 784], units: 10 })] });
    rejects(() => checkModel(fixed, digits, loss), /exactly 32/, /inputShape/);
  });
});
