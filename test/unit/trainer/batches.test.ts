import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { DataSet } from "../../../src/data/types.ts";
import { createBatches } from "../../../src/trainer/batches.ts";

describe("batches of a split that is scored", () => {
  it("have fewer examples where each has many outputs, and never none", () => {
    const split = { count: 5, x: Float32Array.from({ length: 15 }, (_, at) => at), y: Int32Array.of(0, 1, 2, 3, 4) };
    const data: DataSet = {
      ...{ spec: "rows", sha256: "", xShape: [3], yShape: [], scale: 1, offset: 0, classes: 5 },
      ...{ train: split, validation: split, test: split },
    };
    for (const [outputs, counts] of [
      [10, [5]],
      [2 ** 24, [2, 2, 1]],
      [2 ** 40, [1, 1, 1, 1, 1]],
    ] as const) {
      const batches = createBatches(tf, [3], { outputSize: () => outputs });
      const all = [...batches.all(data, data.validation)];
      assert.deepEqual(
        all.map(({ count }) => count),
        counts,
      );
      assert.deepEqual(
        all.flatMap(({ y }) => [...y.dataSync()]),
        [0, 1, 2, 3, 4],
      );
      batches.dispose();
    }
  });
});
