import assert from "node:assert/strict";
import { smooth } from "../../../../src/webview/charts/smoothing.ts";

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [index, value] of actual.entries()) {
    assert.ok(Math.abs(value - (expected[index] ?? Number.NaN)) < 1e-12, `${index}: ${value}, not ${expected[index]}`);
  }
}

describe("smoothing", () => {
  it("is the weighted mean of all values so far, by hand", () => {
    // Weights of 1, 2, 3 at the end: ¼, ½, 1.
    assertClose(smooth([1, 2, 3], 0.5), [1, (0.5 * 1 + 2) / 1.5, (0.25 * 1 + 0.5 * 2 + 3) / 1.75]);
    assertClose(smooth([4, 0, 8], 0.75), [4, 3 / 1.75, (0.5625 * 4 + 8) / (0.5625 + 0.75 + 1)]);
  });

  it("is, at every place, the sum of wᵏ xₜ₋ₖ over the sum of wᵏ", () => {
    const values = Array.from({ length: 200 }, (_, index) => Math.sin(index * 1.7) + index / 50);
    for (const strength of [0.1, 0.6, 0.99]) {
      const expected = values.map((_, at) => {
        const weights = values.slice(0, at + 1).map((__, index) => strength ** (at - index));
        const sum = weights.reduce((total, weight, index) => total + weight * (values[index] ?? 0), 0);
        return sum / weights.reduce((total, weight) => total + weight, 0);
      });
      assertClose(smooth(values, strength), expected);
    }
  });

  it("changes nothing at strength 0, and nothing that is constant", () => {
    assert.deepEqual(smooth([3, 1, 2], 0), [3, 1, 2]);
    assertClose(smooth([0.7, 0.7, 0.7, 0.7], 0.99), [0.7, 0.7, 0.7, 0.7]);
    assert.deepEqual(smooth([], 0.5), []);
  });

  it("lets a loss that is not a number stand, and goes on without it", () => {
    const [first, none, next] = smooth([1, Number.NaN, 3], 0.5);
    assert.ok(Number.isNaN(none));
    assertClose([first ?? 0, next ?? 0], smooth([1, 3], 0.5));
  });
});
