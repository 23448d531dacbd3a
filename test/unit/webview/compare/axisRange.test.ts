import assert from "node:assert/strict";
import { roomAround, roomAroundRatios, timeStep } from "../../../../src/webview/compare/axisRange.ts";

describe("axes", () => {
  it("leave room around the values, but show nothing that cannot be", () => {
    assert.deepEqual(roomAround([20, 80], 0, 100), { min: 14, max: 86 });
    assert.deepEqual(roomAround([0, 99], 0, 100), { min: 0, max: 100 });
    assert.deepEqual(roomAround([50], 0, 100), { min: 49.5, max: 50.5 });
    assert.deepEqual(roomAround([], 0, 100), {});
  });

  it("leave the same room in ratios on a logarithmic axis", () => {
    const { min = 0, max = 0 } = roomAroundRatios([1e-5, 1e-3, 1]);
    // A tenth of five decades.
    assert.ok(Math.abs(Math.log10(min) + 5.5) < 1e-9);
    assert.ok(Math.abs(Math.log10(max) - 0.5) < 1e-9);
    assert.deepEqual(roomAroundRatios([]), {});
  });

  it("count time as clocks do", () => {
    assert.deepEqual([4, 61, 400, 4000, 40_000, 900_000].map(timeStep), [1, 15, 120, 900, 7200, 172_800]);
  });
});
