import assert from "node:assert/strict";
import { roomAround, timeStep } from "../../../../src/webview/compare/axisRange.ts";

describe("axes", () => {
  it("leave room around the values, but show nothing that cannot be", () => {
    assert.deepEqual(roomAround([20, 80], 0, 100), { min: 14, max: 86 });
    assert.deepEqual(roomAround([0, 99], 0, 100), { min: 0, max: 100 });
    assert.deepEqual(roomAround([50], 0, 100), { min: 49.5, max: 50.5 });
    assert.deepEqual(roomAround([], 0, 100), {});
  });

  it("count time as clocks do", () => {
    assert.deepEqual([4, 61, 400, 4000, 40_000, 900_000].map(timeStep), [1, 15, 120, 900, 7200, 172_800]);
  });
});
