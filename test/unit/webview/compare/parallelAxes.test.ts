import assert from "node:assert/strict";
import {
  isInRanges,
  MOST_SETTINGS,
  type ParallelAxis,
  parallelAxes,
  placeOf,
  rangeBetween,
  valueAt,
} from "../../../../src/webview/compare/parallelAxes.ts";
import { sampleInput } from "../../runs/compare/sampleComparison.ts";
import { viewOf } from "./sampleView.ts";

const inputs = [1, 10, 100].map((factor, index) =>
  sampleInput({
    id: `r-${"abc"[index]}`,
    sparsity: 0.5 + index / 10,
    validation: 0.9 + index / 100,
    settings: { pruning: { lambda: 0.001 * factor }, optimizer: { name: index === 1 ? "sgd" : "adam" } },
  }),
);

function axisOf(axes: readonly ParallelAxis[], key: string): ParallelAxis {
  const axis = axes.find((one) => one.key === key);
  assert.ok(axis !== undefined, `${key} is not among ${axes.map((one) => one.key).join(", ")}`);
  return axis;
}

describe("axes of parallel coordinates", () => {
  it("are the settings that differ and the results", () => {
    const axes = parallelAxes(viewOf(inputs));
    const lambda = axisOf(axes, "pruning.lambda");
    assert.deepEqual([lambda.values, lambda.min, lambda.max, lambda.isLog], [[0.001, 0.01, 0.1], 0.001, 0.1, true]);
    const optimizer = axisOf(axes, "optimizer.name");
    assert.deepEqual(
      [optimizer.values, optimizer.categories],
      [
        [0, 1, 0],
        ["adam", "sgd"],
      ],
    );
    assert.deepEqual(
      axes.slice(-3).map(({ key, values }) => [key, values]),
      [
        ["result.sparsity", [0.5, 0.6, 0.7]],
        ["result.loss", [0.1, 0.1, 0.1]],
        ["result.metric", [0.9, 0.91, 0.92]],
      ],
    );
  });

  it("are those of the runs in sight, and of no more settings than can be followed", () => {
    const hidden = parallelAxes(viewOf(inputs, { hidden: ["r-a"] }));
    const lambda = axisOf(hidden, "pruning.lambda");
    assert.deepEqual([lambda.values, lambda.isLog], [[0.01, 0.1], false]);
    const view = viewOf(inputs);
    const settings = Array.from({ length: 20 }, (_, index) => ({ key: `k${index}`, values: ["a", "b", "c"] }));
    const axes = parallelAxes({ ...view, comparison: { ...view.comparison, settings } });
    assert.equal(axes.length, MOST_SETTINGS + 3);
  });

  it("place values from end to end, by their logarithm where they are spread wide, and back", () => {
    const axes = parallelAxes(viewOf(inputs));
    const lambda = axisOf(axes, "pruning.lambda");
    assert.ok(Math.abs(placeOf(lambda, 0.01) - 0.5) < 1e-12);
    assert.ok(Math.abs(placeOf(axisOf(axes, "result.sparsity"), 0.6) - 0.5) < 1e-12);
    assert.equal(placeOf(axisOf(axes, "result.loss"), 0.1), 0.5);
    for (const key of ["pruning.lambda", "result.metric"]) {
      const axis = axisOf(axes, key);
      for (const place of [0, 0.2, 1]) {
        assert.ok(Math.abs(placeOf(axis, valueAt(axis, place)) - place) < 1e-12);
      }
    }
  });

  it("have ranges that tell the runs within all of them", () => {
    const axes = parallelAxes(viewOf(inputs));
    const inside = (ranges: Parameters<typeof isInRanges>[1]) =>
      inputs.map((_, index) => isInRanges(axes, ranges, index));
    assert.deepEqual(inside({}), [true, true, true]);
    assert.deepEqual(inside({ "result.sparsity": { min: 0.6, max: 1 } }), [false, true, true]);
    const both = { "result.sparsity": { min: 0.6, max: 1 }, "optimizer.name": { min: 0, max: 0 } };
    assert.deepEqual(inside(both), [false, false, true]);
    // Of an axis that is not there any more.
    assert.deepEqual(inside({ gone: { min: 5, max: 6 } }), [true, true, true]);
    const without = axes.map((axis) => ({ ...axis, values: [undefined, ...axis.values.slice(1)] }));
    assert.equal(isInRanges(without, { "result.sparsity": { min: 0, max: 1 } }, 0), false);
  });

  it("make a range of a drag in either direction, no longer than the axis", () => {
    const sparsity = axisOf(parallelAxes(viewOf(inputs)), "result.sparsity");
    for (const [from, to] of [
      [0.5, 1.2],
      [1.2, 0.5],
    ] as const) {
      const { min, max } = rangeBetween(sparsity, from, to);
      assert.ok(Math.abs(min - 0.6) < 1e-12);
      assert.equal(max, 0.7);
    }
  });
});
