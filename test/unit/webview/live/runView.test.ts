import assert from "node:assert/strict";
import type { NewEvent, RunEvent } from "../../../../src/protocol/events.ts";
import { EMPTY_VIEW, foldEvents, totalSparsity } from "../../../../src/webview/live/runView.ts";

const unitsOf = (count: number) => ({ count, stride: 1, of: "units" as const });
const layer = {
  name: "a/kernel",
  shape: [10, 10],
  total: 100,
  remaining: 100,
  sparsity: 0,
  unitsAlive: 10,
  units: unitsOf(10),
};
const small = {
  ...layer,
  name: "b/kernel",
  shape: [10, 2],
  total: 20,
  remaining: 20,
  unitsAlive: 2,
  units: unitsOf(2),
};

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
const number = (list: readonly NewEvent[]): RunEvent[] =>
  list.map((event, index) => ({ ...event, seq: index + 1, time: 1000 + index }));
const events = number(written);

function epoch(ordinal: number, remaining: number[], sparsity: number, metric: number): NewEvent {
  return {
    type: "epoch",
    phase: "recover",
    epoch: ordinal,
    epochsPlanned: 9,
    learningRate: 0.1,
    lambda: 0,
    loss: 0.2,
    validation: { loss: 0.2, metric },
    sparsity,
    remaining,
    unitsAlive: [10, 2],
    seconds: ordinal,
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

  it("has a point from before and one from after each pruning", () => {
    const view = foldEvents(EMPTY_VIEW, events);
    assert.deepEqual(
      view.epochs.map((point) => [point.epoch, point.isPruned, point.sparsity, point.metric, point.trainingLoss]),
      [
        [1, false, 0, 0.9, 0.2],
        [2, false, 0, 0.92, 0.2],
        [2, true, 0.5, 0.91, null],
        [3, false, 0.75, 0.93, 0.2],
      ],
    );
    assert.deepEqual(view.prunings, [{ epoch: 2, pruned: 60, threshold: 0.1, sparsity: 0.5 }]);
  });

  it("keeps the probes of each search together", () => {
    const probe = (sparsity: number, accepted: boolean): NewEvent => ({
      type: "probe",
      threshold: sparsity / 10,
      sparsity,
      validation: { loss: 0.3, metric: 0.9 },
      accepted,
    });
    const search: NewEvent = { type: "phase", phase: "search", reason: "stage is over" };
    const view = foldEvents(
      EMPTY_VIEW,
      number([...written, search, probe(0.5, true), probe(0.75, false), search, probe(0.6, false)]),
    );
    assert.deepEqual(
      view.searches.map((one) => one.probes.map(({ sparsity }) => sparsity)),
      [[0.5, 0.75], [0.6]],
    );
    assert.equal(view.searches[0]?.epoch, 3);
  });

  it("keeps its lists the same where nothing has come to them, so that charts need not be drawn again", () => {
    const view = foldEvents(EMPTY_VIEW, events);
    const step = number([{ type: "step", phase: "recover", epoch: 4, step: 1, stepsPerEpoch: 10, loss: 0.2 }]);
    const later = foldEvents(view, step);
    assert.equal(later.epochs, view.epochs);
    assert.equal(later.layers, view.layers);
    assert.equal(later.prunings, view.prunings);
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

  it("knows what is trained once that is smaller, and a step's time in the fastest dense epoch and the last one", () => {
    const timed = (ordinal: number, phase: "train" | "recover", steps: number, train: number): NewEvent => ({
      ...(epoch(ordinal, [100, 20], 0, 0.9) as Extract<NewEvent, { type: "epoch" }>),
      ...{ phase, steps, spent: { train, data: 0, evaluate: 0, search: 0, checkpoint: 0 } },
    });
    const list = [timed(1, "train", 100, 5), timed(2, "train", 200, 7), timed(3, "recover", 300, 8)];
    const dense = foldEvents(EMPTY_VIEW, number(list));
    assert.equal(dense.trained, undefined);
    assert.deepEqual(dense.stepSeconds, { first: 0.02, last: 0.01 });
    const weights = { model: 120, trained: 40 };
    const smaller = foldEvents(dense, [{ type: "compacted", epoch: 3, weights, seq: 4, time: 4 }]);
    assert.deepEqual(smaller.trained, weights);
  });

  it("calls nothing sparse while there is no layer", () => {
    assert.equal(totalSparsity([]), 0);
  });
});
