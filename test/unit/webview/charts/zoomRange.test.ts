import assert from "node:assert/strict";
import { isWhole, withRanges } from "../../../../src/webview/charts/zoomRange.ts";

describe("ranges that the user has zoomed to", () => {
  it("take the place of an axis's own, and leave all else as it was", () => {
    const options = { responsive: true, scales: { x: { min: 0, max: 9, ticks: { precision: 0 } }, y: { max: 1 } } };
    assert.deepEqual(withRanges(options, { x: { min: 2, max: 3 }, gone: { min: 0, max: 1 } }), {
      responsive: true,
      scales: { x: { min: 2, max: 3, ticks: { precision: 0, includeBounds: false } }, y: { max: 1 } },
    });
    assert.deepEqual(options.scales.x, { min: 0, max: 9, ticks: { precision: 0 } });
  });

  it("are the whole where they end where the axes do, but for rounding", () => {
    const whole = { x: { min: 0, max: 10 }, y: { min: -1, max: 1 } };
    assert.ok(isWhole(whole, whole));
    assert.ok(isWhole({ x: { min: 1e-9, max: 10 + 1e-9 } }, whole));
    assert.ok(!isWhole({ ...whole, y: { min: -1, max: 0.99 } }, whole));
    assert.ok(!isWhole({ ...whole, x: { min: 0.01, max: 10 } }, whole));
  });
});
