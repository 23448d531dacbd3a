import assert from "node:assert/strict";
import {
  curveLines,
  curveRange,
  hasHiddenBeginning,
  isLogarithmic,
  logHindrance,
} from "../../../../src/webview/compare/curveLines.ts";
import { COURSE, epochEvent, sampleInput } from "../../runs/compare/sampleComparison.ts";
import { viewOf } from "./sampleView.ts";

/** Validation metric 0.9, 0.92, 0.91. */
const inputs = [sampleInput({ id: "r-a", sparsity: 0.9 })];

describe("lines of the chart of curves", () => {
  it("have the smoothed figure beside the measured one, but of sparsity", () => {
    const [line] = curveLines(viewOf(inputs, { smoothing: 0.5 }));
    assert.deepEqual(
      line?.points.map(({ x, y }) => [x, y]),
      [
        [1, 0.9],
        [2, 0.92],
        [3, 0.91],
      ],
    );
    const [first = 0, second = 0, third = 0] = line?.points.map(({ smoothed }) => smoothed ?? 0) ?? [];
    assert.equal(first, 0.9);
    assert.ok(Math.abs(second - (0.45 + 0.92) / 1.5) < 1e-12);
    assert.ok(Math.abs(third - (0.225 + 0.46 + 0.91) / 1.75) < 1e-12);
    const [sparsity] = curveLines(viewOf(inputs, { smoothing: 0.5, curve: "sparsity" }));
    assert.ok(sparsity?.points.every(({ smoothed }) => smoothed === undefined));
  });

  it("have a logarithmic axis where all figures are above 0", () => {
    const view = viewOf(inputs, { logCurve: true });
    assert.ok(isLogarithmic(view, curveLines(view)));
    const { min = 0, max = 0 } = curveRange(view, curveLines(view), 100);
    // A tenth of the ratio on either side.
    assert.ok(Math.abs(min - 90 / (92 / 90) ** 0.1) < 1e-9, String(min));
    assert.ok(Math.abs(max - 92 * (92 / 90) ** 0.1) < 1e-9, String(max));
    const sparsity = viewOf(inputs, { logCurve: true, curve: "sparsity" });
    assert.equal(logHindrance(sparsity, curveLines(sparsity)), "sparsity");
    assert.deepEqual(curveRange(sparsity, curveLines(sparsity), 100), { min: 0, max: 100 });
    const events = [...COURSE.slice(0, 3), epochEvent(2, [100, 20], 0)];
    const zero = viewOf([sampleInput({ id: "r-z", events })], { logCurve: true });
    assert.equal(logHindrance(zero, curveLines(zero)), "values");
    assert.ok(!isLogarithmic(zero, curveLines(zero)));
  });

  it("hide a beginning that is far away on a linear axis, and say so", () => {
    const steady = Array.from({ length: 20 }, (_, index) =>
      epochEvent(index + 1, [100, 20], index === 0 ? 0.1 : 0.9 + index / 400),
    );
    const far = [sampleInput({ id: "r-f", events: [...COURSE.slice(0, 2), ...steady] })];
    const linear = viewOf(far);
    assert.ok(hasHiddenBeginning(linear, curveLines(linear)));
    const logarithmic = viewOf(far, { logCurve: true });
    assert.ok(!hasHiddenBeginning(logarithmic, curveLines(logarithmic)));
  });

  it("end where a metric does", () => {
    const rangeOf = (metric: string, values: readonly number[]) => {
      const epochs = values.map((value, index) => epochEvent(index + 1, [100, 20], value));
      const events = [{ ...COURSE[0], metric } as (typeof COURSE)[number], ...COURSE.slice(1, 2), ...epochs];
      const view = viewOf([sampleInput({ id: "r-b", events })]);
      assert.equal(view.comparison.metric, metric);
      return curveRange(view, curveLines(view), 1);
    };
    assert.deepEqual(rangeOf("bleu", [2, 50, 98]), { min: 0, max: 100 });
    assert.deepEqual(rangeOf("bleu", [30, 32, 40]), { min: 29, max: 41 });
    assert.deepEqual(rangeOf("perplexity", [2, 52, 102]), { min: -8, max: 112 });
  });
});
