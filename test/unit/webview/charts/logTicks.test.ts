import assert from "node:assert/strict";
import { logTicks } from "../../../../src/webview/charts/logTicks.ts";

describe("marks of a logarithmic axis", () => {
  it("are 1, 2 and 5 of each decade, or fewer where there are many decades", () => {
    assert.deepEqual(logTicks(0.9, 110), [1, 2, 5, 10, 20, 50, 100]);
    assert.deepEqual(logTicks(0.002, 4.1), [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]);
    assert.deepEqual(logTicks(2e-7, 0.5), [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1]);
    assert.deepEqual(logTicks(1e-15, 1), [1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1]);
  });

  it("lie at equal distances of value within a decade", () => {
    assert.deepEqual(logTicks(95.3, 100), [96, 97, 98, 99, 100]);
    assert.deepEqual(logTicks(0.21, 0.34), [0.22, 0.24, 0.26, 0.28, 0.3, 0.32, 0.34]);
  });

  it("are few, in order and within the axis, whatever that is", () => {
    for (let power = -12; power < 12; power += 1) {
      for (const ratio of [1.001, 1.5, 9.99, 10, 47, 1e3, 1e9, 1e30]) {
        const [min, max] = [3.7 * 10 ** power, 3.7 * 10 ** power * ratio];
        const ticks = logTicks(min, max);
        assert.ok(ticks.length > 0 && ticks.length <= 9, `${min} to ${max}: ${ticks.join(", ")}`);
        assert.ok(
          ticks.every(
            (tick, index) => tick >= min * 0.999999 && tick <= max * 1.000001 && tick > (ticks[index - 1] ?? 0),
          ),
        );
      }
    }
  });
});
