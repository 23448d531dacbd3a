import assert from "node:assert/strict";
import { withClassWeights } from "../../../src/data/classWeights.ts";
import {
  type AnyDataSet,
  type DataSet,
  isStreamed,
  type Split,
  type StreamedDataSet,
} from "../../../src/data/types.ts";

const COUNT = 3;
const split = (y: readonly number[], w?: readonly number[]): Split => ({
  ...{ count: COUNT, x: Float32Array.of(1, 2, 3), y: Float32Array.from(y) },
  ...(w === undefined ? {} : { w: Float32Array.from(w) }),
});
const dataOf = (train: Split, more: Partial<DataSet>): DataSet => ({
  ...{ spec: "rare", sha256: "ab", xShape: [1], yShape: [], scale: 1, offset: 0 },
  ...{ train, validation: train, test: train },
  ...more,
});
const weightsOf = (data: AnyDataSet) => {
  assert.ok(!isStreamed(data));
  return [data.train, data.validation, data.test].map(({ w }) => [...(w ?? [])]);
};

describe("weights of classes", () => {
  const ids = dataOf(split([0, 2, 1]), { classes: 3 });

  it("are those of training examples, by their class, and 1 where nothing is said", () => {
    const data = withClassWeights(ids, { 2: 5, 0: 0.5 });
    assert.deepEqual(weightsOf(data), [
      [0.5, 5, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);
    assert.deepEqual(data.wShape, []);
    assert.equal(withClassWeights(ids, {}), ids);
  });

  it("go by name where the data have names", () => {
    const named = { ...ids, classNames: ["1", "cat", "dog"] };
    assert.deepEqual(weightsOf(withClassWeights(named, { dog: 5, 1: 3 }))[0], [3, 5, 1]);
    assert.throws(() => withClassWeights(named, { dgo: 5 }), /the class "dgo", which "rare" does not have/);
    assert.throws(() => withClassWeights(ids, { 3: 5 }), /the class "3"/);
  });

  it("multiply weights that the data have", () => {
    const weighted = dataOf(split([0, 2, 1], [2, 3, 4]), { classes: 3, wShape: [] });
    assert.deepEqual(weightsOf(withClassWeights(weighted, { 2: 5 })), [
      [2, 15, 4],
      [2, 3, 4],
      [2, 3, 4],
    ]);
  });

  it("are of each position where it has a class", () => {
    const positions = dataOf(split([0, 1, 1, 0, 1, 1], [2, 3, 4]), { classes: 2, yShape: [2], wShape: [] });
    const data = withClassWeights(positions, { 1: 10 });
    assert.deepEqual(data.wShape, [2]);
    assert.deepEqual(weightsOf(data).slice(0, 2), [
      [2, 20, 30, 3, 40, 40],
      [2, 2, 3, 3, 4, 4],
    ]);
  });

  it("go by the highest value of a row, and by values of 0 and 1", () => {
    const rows = dataOf(split([0, 1, 0, 1, 0, 0, 0.1, 0.2, 0.7]), { yShape: [3] });
    assert.deepEqual(weightsOf(withClassWeights(rows, { 0: 2, 2: 3 }))[0], [1, 2, 3]);
    const outputs = dataOf(split([0, 1, 1, 0, 1, 0], [1, 2, 3, 4, 5, 6]), { yShape: [2], wShape: [2] });
    assert.deepEqual(weightsOf(withClassWeights(outputs, { 1: 10 }))[0], [10, 20, 3, 4, 5, 6]);
    const binary = dataOf(split([0, 1, 0]), { yShape: [1] });
    assert.deepEqual(weightsOf(withClassWeights(binary, { 1: 3 }))[0], [1, 3, 1]);
  });

  it("are refused where targets are no classes", () => {
    for (const [y, more, message] of [
      [[0, 1, 0.5], { yShape: [1] }, /values such as 0\.5/],
      [[0, 1, 0, -2, 0, 0], { yShape: [2] }, /values such as -2/],
      [[0, 1, 0, 1, 0, 1], { yShape: [1, 2] }, /are several/],
      [[0, 1, 0, 1, 0, 1], { yShape: [2], yFields: ["a", "b"].map((name) => ({ name, shape: [] })) }, /are several/],
    ] as const) {
      assert.throws(() => withClassWeights(dataOf(split(y), more), { 0: 2 }), message);
    }
  });

  it("come with a stream too", async () => {
    const { train: _train, ...held } = ids;
    const streamed: StreamedDataSet = {
      ...held,
      train: {
        count: 2,
        async *start(_, skip) {
          for (const id of [2, 1].slice(skip)) yield { x: Float32Array.of(1), y: Int32Array.of(id) };
        },
      },
    };
    const data = withClassWeights(streamed, { 2: 5 });
    assert.ok(isStreamed(data));
    const weights = [];
    for await (const { w } of data.train.start(0, 0)) weights.push(...(w ?? []));
    assert.deepEqual(weights, [5, 1]);
    assert.deepEqual([...(data.validation.w ?? [])], [1, 1, 1]);
  });
});
