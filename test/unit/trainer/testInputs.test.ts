import assert from "node:assert/strict";
import type { DataSet } from "../../../src/data/types.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { testInputs } from "../../../src/trainer/testInputs.ts";

describe("inputs of the test split", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
  });

  function dataOf(xShape: number[], x: number[], more: Partial<DataSet> = {}): DataSet {
    const count = x.length / xShape.reduce((product, length) => product * length, 1);
    const split = { count, x: Uint8Array.from(x), y: new Int32Array(count) };
    const none = { count: 0, x: new Uint8Array(), y: new Int32Array() };
    return {
      ...{ spec: "made", sha256: "", xShape, yShape: [], scale: 1, offset: 0, classes: 2 },
      ...{ train: none, validation: none, test: split },
      ...more,
    };
  }

  it("are the first examples as the model takes them: scaled, and in its arrangement", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4], name: "fc" })] });
    const data = dataOf([2, 2, 1], [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24], { scale: 0.5, offset: -1 });
    const [input] = testInputs(model, data, 2);
    assert.deepEqual(input, { name: "fc_input", shape: [2, 4], values: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) });
    assert.deepEqual(testInputs(model, data, 200)[0]?.shape, [3, 4], "no more than there are");
  });

  it("are taken apart where there are several", () => {
    const [a, b] = [tf.input({ shape: [2], name: "a" }), tf.input({ shape: [1], name: "b" })];
    const output = tf.layers.concatenate().apply([a, b]);
    const model = tf.model({ inputs: [a, b], outputs: output as ReturnType<TF["input"]> });
    const fields = [
      { name: "a", shape: [2] },
      { name: "b", shape: [1] },
    ];
    const inputs = testInputs(model, dataOf([3], [1, 2, 3, 4, 5, 6], { xFields: fields }), 2);
    assert.deepEqual(inputs, [
      { name: "a", shape: [2, 2], values: Float32Array.of(1, 2, 4, 5) },
      { name: "b", shape: [2, 1], values: Float32Array.of(3, 6) },
    ]);
  });
});
