import assert from "node:assert/strict";
import { assignSlots } from "../../../../src/editor/comparePanel/compareSlots.ts";
import { collectPoints, denseReference, lineOf, pathOf, slotOf } from "../../../../src/webview/compare/compareView.ts";
import { sampleInput } from "../../runs/compare/sampleComparison.ts";
import { viewOf } from "./sampleView.ts";

const inputs = [
  sampleInput({ id: "r-a", seed: 1, sparsity: 0.9, validation: 0.97, test: 0.96 }),
  sampleInput({ id: "r-b", seed: 2, sparsity: 0.94, validation: 0.98, test: 0.97 }),
  sampleInput({ id: "r-c", seed: 1, sparsity: 0.5, validation: 0.985, settings: { pruning: { lambda: 0.125 } } }),
  sampleInput({ id: "r-d", seed: 3 }),
];

describe("what the comparison panel draws", () => {
  it("has a point per run, hollow without a result, or per group of seeds", () => {
    const each = collectPoints(viewOf(inputs, { aggregate: false }));
    assert.deepEqual(
      each.map(({ key, sparsity, metric, isFinal, isOnFront }) => [
        key,
        sparsity.mean,
        metric.mean,
        isFinal,
        isOnFront,
      ]),
      [
        ["r-a", 0.9, 0.97, true, false],
        ["r-b", 0.94, 0.98, true, true],
        ["r-c", 0.5, 0.985, true, true],
        ["r-d", 0.5, 0.91, false, false],
      ],
    );
    const [group, single, more] = collectPoints(viewOf(inputs));
    assert.equal(more, undefined);
    assert.equal(group?.metric.n, 2);
    assert.equal(group?.slot, 0);
    assert.deepEqual([single?.key, single?.metric.n], ["r-c", 1]);
  });

  it("takes a group apart when one of its runs is not drawn", () => {
    const points = collectPoints(viewOf(inputs, { hidden: ["r-b"] }));
    assert.deepEqual(
      points.map((point) => point.key),
      ["r-a", "r-d", "r-c"],
    );
  });

  it("gives seeds that stand together one place in the palette", () => {
    assert.equal(slotOf(viewOf(inputs), "r-b"), 0);
    assert.equal(slotOf(viewOf(inputs, { aggregate: false }), "r-b"), 1);
    assert.equal(slotOf(viewOf(inputs), "r-c"), 2);
  });

  it("has no points on the test split but of results", () => {
    const points = collectPoints(viewOf(inputs, { split: "test", aggregate: false }));
    assert.deepEqual(
      points.map((point) => point.key),
      ["r-a", "r-b", "r-c"],
    );
    assert.equal(denseReference(viewOf(inputs, { split: "test" }))?.mean, 0.975);
  });

  it("draws sparsity as steps, and the way to a result through the states before each pruning", () => {
    const { curves, options } = viewOf(inputs.slice(3));
    const [curve] = [...curves.values()];
    assert.ok(curve !== undefined);
    assert.deepEqual(lineOf(curve, { ...options, curve: "sparsity", axis: "step" }), [
      { x: 7, y: 0 },
      { x: 14, y: 0 },
      { x: 14, y: 0.5 },
      { x: 21, y: 0.5 },
    ]);
    assert.deepEqual(
      lineOf(curve, { ...options, curve: "metric", axis: "seconds" }).map(({ x, y }) => [x, y]),
      [
        [2, 0.9],
        [4, 0.92],
        [6, 0.91],
      ],
    );
    assert.deepEqual(pathOf(curve), [
      { x: 0, y: 0.92 },
      { x: 0.5, y: 0.91 },
    ]);
  });
});

describe("places in the palette", () => {
  it("stay with the runs that stay, and new runs get the first free ones", () => {
    const run = (id: string) => ({ dir: `/runs/${id}`, id });
    const before = [
      { dir: "/runs/a", slot: 0 },
      { dir: "/runs/b", slot: 1 },
      { dir: "/runs/c", slot: 2 },
    ];
    assert.deepEqual(assignSlots([run("d"), run("c"), run("a"), run("e")], before), [
      { dir: "/runs/d", slot: 1 },
      { dir: "/runs/c", slot: 2 },
      { dir: "/runs/a", slot: 0 },
      { dir: "/runs/e", slot: 3 },
    ]);
  });
});
