import assert from "node:assert/strict";
import { streamBatches } from "../../../src/data/batches.ts";
import { withInputsAsTargets } from "../../../src/data/inputsAsTargets.ts";
import { type DataSet, isStreamed, type Split, type StreamedDataSet } from "../../../src/data/types.ts";

const split: Split = { count: 2, x: Uint8Array.of(0, 51, 255, 102), y: Int32Array.of(1, 0) };
const { train: _train, ...held }: DataSet = {
  ...{ spec: "pairs", sha256: "ab", xShape: [2, 1], yShape: [], scale: 1 / 255, offset: -0.5, classes: 2 },
  ...{ train: split, validation: split, test: split },
};
const SEEN = [-0.5, -0.3, 0.5, -0.1];
const near = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(1e6 * value) / 1e6);

describe("examples as their own targets", () => {
  it("are what a network sees, of each split, and no classes", () => {
    const data = withInputsAsTargets({ ...held, train: split });
    assert.ok(!isStreamed(data));
    assert.deepEqual([data.yShape, data.classes, data.sha256], [[2, 1], undefined, "ab"]);
    for (const each of [data.train, data.validation, data.test]) {
      assert.deepEqual(near(each.y), SEEN);
      assert.equal(each.x, split.x);
    }
  });

  it("come with a stream too", async () => {
    const streamed: StreamedDataSet = {
      ...held,
      train: {
        count: 2,
        async *start() {
          yield { x: split.x.subarray(0, 2), y: Int32Array.of(1) };
          yield { x: split.x.subarray(2), y: Int32Array.of(0) };
        },
      },
    };
    const data = withInputsAsTargets(streamed);
    assert.ok(isStreamed(data));
    const batches = [];
    for await (const { y } of streamBatches(data, 0, 2, 0)) batches.push(near(y));
    assert.deepEqual(batches, [SEEN]);
  });
});
