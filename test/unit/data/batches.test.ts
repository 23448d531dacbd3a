import assert from "node:assert/strict";
import { type Batch, fillBatch, streamBatches } from "../../../src/data/batches.ts";
import type { DataSet, Split, StreamedDataSet } from "../../../src/data/types.ts";

const train: Split = { count: 3, x: Uint8Array.of(0, 10, 20, 30, 40, 50), y: Int32Array.of(7, 8, 9) };
const data: DataSet = {
  spec: "test",
  sha256: "",
  xShape: [2, 1],
  yShape: [],
  scale: 0.1,
  offset: -1,
  train,
  validation: train,
  test: train,
};

describe("batches", () => {
  it("have the weights of their examples", () => {
    const weighted = { ...train, w: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const batch = fillBatch({ ...data, wShape: [2] }, weighted, Uint32Array.of(2, 0), 0, 2);
    assert.deepEqual([...(batch.w ?? [])], [5, 6, 1, 2]);
  });

  it("takes examples in the given order, as they lie in the file", () => {
    const batch = fillBatch(data, train, Uint32Array.of(2, 0, 1), 0, 2);
    assert.equal(batch.count, 2);
    assert.deepEqual(batch.x, Float32Array.of(40, 50, 0, 10));
    assert.deepEqual(batch.y, Int32Array.of(9, 7));
  });

  it("ends with a smaller batch", () => {
    const batch = fillBatch(data, train, Uint32Array.of(2, 0, 1), 2, 4);
    assert.equal(batch.count, 1);
    assert.deepEqual(batch.x, Float32Array.of(20, 30));
    assert.deepEqual(batch.y, Int32Array.of(8));
  });

  it("keeps targets of more than one number together, as floats", () => {
    const split: Split = { count: 2, x: Float32Array.of(1, 2), y: Float32Array.of(0.5, 1.5, 2.5, 3.5) };
    const wide: DataSet = { ...data, xShape: [1], yShape: [2], scale: 1, offset: 0 };
    assert.deepEqual(fillBatch(wide, split, Uint32Array.of(1), 0, 1).y, Float32Array.of(2.5, 3.5));
  });

  it("rejects an index beyond the split", () => {
    assert.throws(() => fillBatch(data, train, Uint32Array.of(3), 0, 1), RangeError);
  });
});

describe("batches of a stream", () => {
  const streamed = (count: number, classes?: number): StreamedDataSet => ({
    ...{ ...data, xShape: [2], yShape: classes === undefined ? [1] : [] },
    ...(classes === undefined ? {} : { classes }),
    train: {
      count,
      async *start(epoch, skip) {
        for (let at = skip; at < count; at++) yield { x: Uint8Array.of(at, epoch), y: Uint8Array.of(at % 3) };
      },
    },
  });
  const all = async (from: StreamedDataSet, size: number, skip = 0) => {
    const batches: Batch[] = [];
    for await (const batch of streamBatches(from, 7, size, skip)) batches.push(batch);
    return batches;
  };

  it("hold its examples in their order, class ids as such, and end with a smaller one", async () => {
    assert.deepEqual(await all(streamed(5, 3), 2), [
      { x: Float32Array.of(0, 7, 1, 7), y: Int32Array.of(0, 1), count: 2 },
      { x: Float32Array.of(2, 7, 3, 7), y: Int32Array.of(2, 0), count: 2 },
      { x: Float32Array.of(4, 7), y: Int32Array.of(1), count: 1 },
    ]);
    assert.deepEqual((await all(streamed(2), 2))[0]?.y, Float32Array.of(0, 1));
  });

  it("are those of the whole epoch without the first ones, where these are skipped", async () => {
    const whole = await all(streamed(11, 3), 4);
    for (const skip of [0, 1, 2, 3]) assert.deepEqual(await all(streamed(11, 3), 4, skip), whole.slice(skip));
  });
});
