import assert from "node:assert/strict";
import type { NewEvent, RunEvent } from "../../../src/protocol/events.ts";
import { EMPTY_VIEW, foldEvents, totalSparsity } from "../../../src/webview/runView.ts";

const layer = { name: "a/kernel", shape: [10, 10], total: 100, remaining: 100, sparsity: 0, units: 10, unitsAlive: 10 };
const small = { ...layer, name: "b/kernel", shape: [10, 2], total: 20, remaining: 20, units: 2, unitsAlive: 2 };

const written: readonly NewEvent[] = [
  { type: "engine", engine: { name: "wasm", reason: "asked for", versions: {} } },
  { type: "model", layers: [layer, small], params: 132, metric: "accuracy" },
  epoch(1, [100, 20], 0, 0.9),
  { type: "reference", validation: { loss: 0.3, metric: 0.9 } },
  { type: "step", phase: "recover", epoch: 2, step: 5, stepsPerEpoch: 10, loss: 0.25 },
  epoch(2, [100, 20], 0, 0.92),
  {
    type: "prune",
    epoch: 2,
    threshold: 0.1,
    pruned: 60,
    sparsity: 0.5,
    validation: { loss: 0.3, metric: 0.91 },
    layers: [
      { ...layer, remaining: 50, sparsity: 0.5 },
      { ...small, remaining: 10, sparsity: 0.5 },
    ],
  },
  epoch(3, [20, 10], 0.75, 0.93),
];
const events = written.map((event, index): RunEvent => ({ ...event, seq: index + 1, time: 1000 + index }));

function epoch(number: number, remaining: number[], sparsity: number, metric: number): NewEvent {
  return {
    type: "epoch",
    phase: "recover",
    epoch: number,
    epochsPlanned: 9,
    learningRate: 0.1,
    lambda: 0,
    loss: 0.2,
    validation: { loss: 0.2, metric },
    sparsity,
    remaining,
    unitsAlive: [10, 2],
    seconds: number,
  };
}

describe("runView", () => {
  it("computes each layer's sparsity from what remains of it", () => {
    const { layers } = foldEvents(EMPTY_VIEW, events);
    assert.deepEqual(
      layers.map((one) => one.sparsity),
      [0.8, 0.5],
    );
    assert.equal(totalSparsity(layers), 0.75);
  });

  it("shows an epoch that ended with a pruning as it stood after it", () => {
    const view = foldEvents(EMPTY_VIEW, events);
    assert.deepEqual(view.epochs, [
      { epoch: 1, sparsity: 0, metric: 0.9 },
      { epoch: 2, sparsity: 0.5, metric: 0.91 },
      { epoch: 3, sparsity: 0.75, metric: 0.93 },
    ]);
    assert.deepEqual([...view.prunedAfter], [2]);
  });

  it("gives the same view from one snapshot as from a snapshot and deltas, and leaves the earlier view alone", () => {
    const whole = foldEvents(EMPTY_VIEW, events);
    for (let cut = 0; cut <= events.length; cut += 1) {
      const before = foldEvents(EMPTY_VIEW, events.slice(0, cut));
      const kept = structuredClone(before);
      assert.deepEqual(foldEvents(before, events.slice(cut)), whole);
      assert.deepEqual(before, kept);
    }
    assert.deepEqual(EMPTY_VIEW.epochs, []);
  });

  it("calls nothing sparse while there is no layer", () => {
    assert.equal(totalSparsity([]), 0);
  });
});
