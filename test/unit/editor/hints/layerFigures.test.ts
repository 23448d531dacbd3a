import assert from "node:assert/strict";
import {
  collectHistory,
  describeFigures,
  describeMade,
  describeWeights,
  drawSparkline,
  sumFigures,
} from "../../../../src/editor/hints/layerFigures.ts";
import type { LayerSummary } from "../../../../src/protocol/run.ts";

const layer = (name: string, total: number, remaining: number, units: number, unitsAlive: number): LayerSummary => ({
  name,
  shape: [total / units, units],
  total,
  remaining,
  sparsity: 1 - remaining / total,
  units: { count: units, stride: 1, of: "units" },
  unitsAlive,
  carriesInput: true,
});

describe("layerFigures", () => {
  it("says what a run did to a layer, in what the editor shows of a hint", () => {
    const figures = sumFigures([layer("fc1/kernel", 235_200, 4_940, 300, 181)]);
    assert.equal(describeFigures(figures), "97.9 % sparse · 181/300 units alive");
    assert.equal(describeWeights(figures), "4,940 of 235,200 weights left");
    const long = describeFigures(sumFigures([layer("fc1/kernel", 4096 * 4096, 4096 * 4095, 4096, 4095)]));
    assert.ok(long.length <= 43, long);
  });

  it("adds up the tensors of a layer", () => {
    const figures = sumFigures([layer("l/kernel", 80, 20, 8, 5), layer("l/recurrent_kernel", 20, 5, 8, 6)]);
    const units = { count: 8, alive: 5, of: "units" };
    assert.deepEqual(figures, { total: 100, remaining: 25, sparsity: 0.75, units, isCollapsed: false });
  });

  it("the units of a layer are those of what it gives out, in the word of its kind", () => {
    const [channels, filters] = [
      layer("s/depthwise_kernel", 72, 40, 8, 7),
      layer("s/pointwise_kernel", 128, 60, 16, 9),
    ];
    const figures = sumFigures([
      { ...channels, units: { count: 8, stride: 1, of: "channels" } },
      { ...filters, units: { count: 16, stride: 1, of: "filters" } },
    ]);
    assert.equal(describeFigures(figures), "50.0 % sparse · 9/16 filters alive");
  });

  it("says the range over the layers of a loop, in what the editor shows of a hint", () => {
    const [a, b] = [layer("a/kernel", 1000, 88, 10, 9), layer("b/kernel", 1000, 21, 10, 8)];
    assert.equal(describeMade([[a], [b], [a]]), "3 layers · 91.2 % to 97.9 % sparse");
    assert.equal(describeMade([[a], [a]]), "2 layers · 91.2 % sparse");
    assert.equal(describeMade([[a]]), "91.2 % sparse · 9/10 units alive");
    assert.equal(describeMade([[a], [layer("c/kernel", 1000, 0, 10, 0)]]), "1 of 2 layers collapsed");
  });

  it("counts one unit as one", () => {
    assert.equal(describeFigures(sumFigures([layer("a/kernel", 4, 4, 1, 1)])), "0.0 % sparse · 1/1 unit alive");
  });

  it("says nothing of units that are not known", () => {
    const unknown = { name: "own/w", shape: [10, 10], total: 100, remaining: 50, sparsity: 0.5 };
    assert.equal(describeFigures(sumFigures([unknown])), "50.0 % sparse");
  });

  it("a layer through which nothing passes has collapsed", () => {
    const isCollapsed = (...tensors: LayerSummary[]) => sumFigures(tensors).isCollapsed;
    assert.ok(isCollapsed(layer("a/kernel", 100, 0, 10, 0)));
    assert.equal(describeFigures(sumFigures([layer("a/kernel", 100, 0, 10, 0)])), "collapsed: no weight left");
    assert.ok(!isCollapsed(layer("a/kernel", 100, 1, 10, 1)));
    assert.ok(!isCollapsed());
    // Without its recurrent weights a layer still passes on what comes in; without its kernel it does not.
    const { carriesInput: _, ...recurrent } = layer("l/recurrent_kernel", 20, 0, 10, 0);
    assert.ok(!isCollapsed(layer("l/kernel", 100, 10, 10, 5), recurrent));
    assert.ok(isCollapsed(layer("l/kernel", 100, 0, 10, 5), { ...recurrent, remaining: 5 }));
  });

  it("draws a history with one scale for all, and keeps its last value", () => {
    assert.equal(drawSparkline([0, 0.5, 1], 10), "▁▅█");
    assert.equal(drawSparkline([], 10), "");
    assert.equal(drawSparkline([1], 10), "█");
    const long = drawSparkline([...Array(999).fill(0), 1], 20);
    assert.equal(long.length, 20);
    assert.ok(long.startsWith("▁▁") && long.endsWith("█"));
  });

  it("collects the history of a layer's tensors", () => {
    const point = (epoch: number, remaining: number) => ({
      seq: epoch,
      epoch,
      layers: [layer("a/kernel", 100, remaining, 10, 10), layer("b/kernel", 100, 0, 10, 10)],
    });
    assert.deepEqual(collectHistory([point(1, 100), point(2, 40)], [layer("a/kernel", 100, 40, 10, 10)]), [0, 0.6]);
  });
});
