import assert from "node:assert/strict";
import { foldDetails, NO_DETAILS } from "../../../../src/editor/runs/runDetails.ts";
import type { RunEvent } from "../../../../src/protocol/events.ts";
import type { LayerSummary } from "../../../../src/protocol/run.ts";

const layer = (remaining: number): LayerSummary => ({
  name: "fc1/kernel",
  shape: [10, 10],
  total: 100,
  remaining,
  sparsity: 1 - remaining / 100,
  units: { count: 10, stride: 1, of: "units" },
  unitsAlive: 10,
});
const score = { loss: 1, metric: 0.5 };
const model = (seq: number): RunEvent => ({
  seq,
  time: 0,
  type: "model",
  layers: [layer(100)],
  params: 110,
  metric: "accuracy",
});
const epoch = (seq: number, epoch: number, remaining: number): RunEvent => ({
  seq,
  time: 0,
  type: "epoch",
  phase: "train",
  epoch,
  epochsPlanned: 9,
  learningRate: 0.1,
  lambda: 0,
  loss: 1,
  validation: score,
  sparsity: 1 - remaining / 100,
  remaining: [remaining],
  unitsAlive: [9],
  seconds: epoch,
});
const prune = (seq: number, epoch: number, remaining: number): RunEvent => ({
  seq,
  time: 0,
  type: "prune",
  epoch,
  threshold: 0.1,
  pruned: 1,
  sparsity: 1 - remaining / 100,
  validation: score,
  layers: [layer(remaining)],
});

describe("run details", () => {
  const remainingOf = (events: readonly RunEvent[]): number[] =>
    foldDetails(NO_DETAILS, events).history.map((point) => point.layers[0]?.remaining ?? -1);

  it("have one point an epoch, as its pruning left it", () => {
    const events = [model(1), epoch(2, 1, 100), epoch(3, 2, 100), prune(4, 2, 40), epoch(5, 3, 40)];
    assert.deepEqual(remainingOf(events), [100, 40, 40]);
    const { layers } = foldDetails(NO_DETAILS, events);
    assert.deepEqual([layers[0]?.remaining, layers[0]?.unitsAlive], [40, 9]);
  });

  it("take back what a crash has undone", () => {
    const events = [model(1), epoch(2, 1, 100), prune(3, 1, 50), epoch(4, 2, 50), prune(5, 2, 20)];
    const resumed: RunEvent[] = [{ seq: 6, time: 0, type: "resumed", after: 3 }, model(7)];
    assert.deepEqual(remainingOf([...events, ...resumed]), [50]);
    assert.equal(foldDetails(NO_DETAILS, [...events, ...resumed]).layers[0]?.remaining, 50);
  });

  it("stay the same object where events say nothing about layers", () => {
    const details = foldDetails(NO_DETAILS, [model(1)]);
    assert.equal(foldDetails(details, [{ seq: 2, time: 0, type: "warning", message: "x" }]), details);
  });
});
