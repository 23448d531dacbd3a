import assert from "node:assert/strict";
import { type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import { advance, isMetricDue } from "../../../src/pruning/loop.ts";
import { type LoopRules, type LoopState, startLoop } from "../../../src/pruning/loopState.ts";

/** Of what a model writes the metric is not taken in each epoch. */
function rulesOf(settings: SettingsInput): LoopRules {
  const { epochs, pruning } = settingsSchema.parse(settings);
  return { epochs, pruning, metric: { name: "bleu", better: "higher" } };
}

const NOT_TAKEN = null;

/** Epochs from the start on, each with its metric and loss. */
function play(rules: LoopRules, epochs: readonly (readonly [metric: number | null, loss: number])[]): LoopState {
  return epochs.reduce((state, [metric, loss]) => {
    assert.equal(state.todo.do, "epoch");
    return advance(state, rules, { of: "epoch", validation: { metric, loss }, seconds: 1 }).state;
  }, startLoop());
}

describe("a metric that is not taken in each epoch", () => {
  it("is due every so many epochs, and in the last one of a phase", () => {
    const rules = rulesOf({ epochs: 5, pruning: { maxEpochs: 4, finetuneEpochs: 3 } });
    const dueIn = (phase: LoopState["phase"], epoch: number, phaseEpoch: number, pruningEpochs = 0): boolean =>
      isMetricDue({ ...startLoop(), phase, epoch, phaseEpoch, pruningEpochs }, rules, 3);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((at) => dueIn("train", at, at)),
      [false, false, true, false, true],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((at) => dueIn("recover", 5 + at, at, at)),
      [true, false, false, true],
    );
    assert.deepEqual(
      [0, 1, 2].map((at) => dueIn("finetune", 9 + at, at, 4)),
      [false, false, true],
    );
    assert.ok(isMetricDue(startLoop(), rules, 1));
  });

  it("leaves the best epoch to those that have it, whatever the losses of the others", () => {
    const rules = rulesOf({ epochs: 4 });
    const state = play(rules, [
      [20, 3],
      [NOT_TAKEN, 1],
      [NOT_TAKEN, 0.5],
    ]);
    assert.deepEqual(state.stage?.score, { metric: 20, loss: 3 });
    const end = advance(state, rules, { of: "epoch", validation: { metric: 19, loss: 0.4 }, seconds: 1 });
    assert.deepEqual(end.state.reference, { metric: 20, loss: 3 });
  });

  for (const schedule of ["search", "fraction"] as const) {
    it(`puts off a pruning by ${schedule} until it is known`, () => {
      const rules = rulesOf({ epochs: 1, pruning: { schedule, interval: 1, maxEpochs: 9, bound: { maxDrop: 1 } } });
      const waiting = play(rules, [
        [30, 1],
        [NOT_TAKEN, 1],
        [NOT_TAKEN, 1],
        [NOT_TAKEN, 1],
      ]);
      assert.deepEqual([waiting.phase, waiting.todo.do, waiting.pruningEpochs], ["recover", "epoch", 3]);
      const known = play(rules, [
        [30, 1],
        [NOT_TAKEN, 1],
        [29.5, 1],
      ]);
      assert.equal(known.todo.do, schedule === "search" ? "probe" : "prune");
    });
  }

  it("does not hold up a cubic schedule, which never asks for it, and a pruned state without it is not kept", () => {
    const rules = rulesOf({
      epochs: 1,
      pruning: { schedule: "cubic", interval: 1, maxEpochs: 4, targetSparsity: 0.8, bound: { maxDrop: 1 } },
    });
    const state = play(rules, [
      [30, 1],
      [NOT_TAKEN, 1],
    ]);
    assert.equal(state.todo.do, "prune");
    const pruned = (metric: number | null) =>
      advance(state, rules, { of: "prune", pruned: 1, sparsity: 0.4, validation: { metric, loss: 1 } }).state;
    assert.equal(pruned(NOT_TAKEN).best?.sparsity, 0);
    assert.equal(pruned(29.5).best?.sparsity, 0.4);
    assert.equal(pruned(28).best?.sparsity, 0);
  });

  it("is left out of a search's trials, which then go by the loss", () => {
    const rules = rulesOf({ epochs: 1, pruning: { interval: 1, tolerance: 0.2, bound: { maxDrop: 1 } } });
    const state = play(rules, [
      [30, 1],
      [30, 1],
    ]);
    const accepted = (loss: number, metric: number | null): unknown =>
      advance(state, rules, { of: "probe", threshold: 0.1, sparsity: 0.5, validation: { loss, metric } }).effects.find(
        ({ effect }) => effect === "probed",
      );
    assert.deepEqual(accepted(1.19, NOT_TAKEN), { effect: "probed", accepted: true, limit: 1.2 });
    assert.deepEqual(accepted(1.21, NOT_TAKEN), { effect: "probed", accepted: false, limit: 1.2 });
    assert.deepEqual(accepted(Number.NaN, NOT_TAKEN), { effect: "probed", accepted: false, limit: 1.2 });
    assert.deepEqual(accepted(1.1, 28), { effect: "probed", accepted: false, limit: 1.2 });
  });
});
