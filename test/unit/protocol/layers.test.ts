import assert from "node:assert/strict";
import { withRemaining } from "../../../src/protocol/layers.ts";
import { layerSummarySchema } from "../../../src/protocol/run.ts";

const plain = { name: "own/w", shape: [4, 5], total: 20, remaining: 20, sparsity: 0 };

describe("layers in a run's record", () => {
  it("are read as 0.1.0 wrote them, when units were a number", () => {
    const read = layerSummarySchema.parse({ ...plain, units: 5, unitsAlive: 4 });
    assert.deepEqual(read, { ...plain, units: { count: 5, stride: 1, of: "units" }, unitsAlive: 4 });
  });

  it("may have no units, after an epoch as well", () => {
    assert.deepEqual(layerSummarySchema.parse(plain), plain);
    const known = { ...plain, units: { count: 4, stride: 5, of: "rows" as const }, unitsAlive: 4 };
    const [first, second] = withRemaining([plain, known], [10, 5], [null, 1]);
    assert.deepEqual(first, { ...plain, remaining: 10, sparsity: 0.5 });
    assert.deepEqual(second, { ...known, remaining: 5, sparsity: 0.75, unitsAlive: 1 });
  });
});
