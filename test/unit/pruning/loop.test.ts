import assert from "node:assert/strict";
import fc from "fast-check";
import { type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import { advance, plannedEpochs, strengthOf } from "../../../src/pruning/loop.ts";
import {
  type Effect,
  type LoopRules,
  type LoopState,
  type Outcome,
  startLoop,
} from "../../../src/pruning/loopState.ts";

function rulesOf(settings: SettingsInput): LoopRules {
  const { epochs, pruning } = settingsSchema.parse(settings);
  return { epochs, pruning, metric: { name: "accuracy", better: "higher" } };
}

/** A network without weights: what it answers depends on its sparsity and phase alone. */
interface World {
  metric(sparsity: number, phase: string): number;
  loss(sparsity: number, phase: string): number;
}

interface Replay {
  readonly states: readonly LoopState[];
  readonly effects: readonly Effect[];
  readonly probes: readonly { readonly threshold: number; readonly sparsity: number; readonly accepted: boolean }[];
  readonly prunings: readonly { readonly threshold: number; readonly sparsity: number }[];
}

/** Plays a whole run; the threshold of a probe is the sparsity that it leads to. */
function replay(rules: LoopRules, world: World, { weights = Number.POSITIVE_INFINITY, limit = 5000 } = {}): Replay {
  let state = startLoop();
  let sparsity = 0;
  const memory = new Map<string, number>();
  const states = [state];
  const all: Effect[] = [];
  const probes: { threshold: number; sparsity: number; accepted: boolean }[] = [];
  const prunings: { threshold: number; sparsity: number }[] = [];
  const score = (at: number) => ({ loss: world.loss(at, state.phase), metric: world.metric(at, state.phase) });
  const after = (fraction: number): number => {
    const exact = sparsity + (1 - sparsity) * fraction;
    return Number.isFinite(weights) ? Math.floor(exact * weights) / weights : exact;
  };
  for (let i = 0; state.todo.do !== "finish"; i++) {
    assert.ok(i < limit, "the loop does not end");
    const { todo } = state;
    let outcome: Outcome;
    if (todo.do === "epoch") outcome = { of: "epoch", validation: score(sparsity), seconds: 1 };
    else if (todo.do === "probe") {
      const tried = after(todo.fraction);
      outcome = { of: "probe", threshold: tried, sparsity: tried, validation: score(tried) };
    } else {
      sparsity = after(todo.fraction);
      prunings.push({ threshold: sparsity, sparsity });
      outcome = { of: "prune", pruned: 1, sparsity, validation: score(sparsity) };
    }
    const step = advance(state, rules, outcome);
    for (const effect of step.effects) {
      if (effect.effect === "save") memory.set(effect.slot, sparsity);
      if (effect.effect === "restore") {
        const kept = memory.get(effect.slot);
        assert.ok(kept !== undefined, `nothing was saved as ${effect.slot}`);
        sparsity = kept;
      }
      if (effect.effect === "probed" && outcome.of === "probe") {
        probes.push({ threshold: outcome.threshold, sparsity: outcome.sparsity, accepted: effect.accepted });
      }
    }
    all.push(...step.effects);
    // As a checkpoint does: nothing but JSON may carry over.
    state = JSON.parse(JSON.stringify(step.state)) as LoopState;
    states.push(state);
    assert.equal(state.sparsity, sparsity, `state and masks differ in ${state.phase}`);
  }
  return { states, effects: all, probes, prunings };
}

const last = <T>(list: readonly T[]): T => {
  const item = list.at(-1);
  assert.ok(item !== undefined);
  return item;
};

/** Accurate up to a knee, then falling; loss rises smoothly. */
const knee = (at: number): World => ({
  metric: (sparsity) => (sparsity <= at ? 0.98 : 0.98 - (sparsity - at)),
  loss: (sparsity) => 0.1 * (1 + 0.02 * sparsity) + (sparsity <= at ? 0 : sparsity - at),
});

describe("pruning loop", () => {
  it("trains the dense model only when there are no epochs for pruning", () => {
    const rules = rulesOf({ epochs: 3, pruning: { maxEpochs: 0 } });
    const { states } = replay(rules, knee(0.9));
    assert.equal(last(states).epoch, 3);
    assert.equal(last(states).sparsity, 0);
    assert.equal(plannedEpochs(rules), 3);
  });

  it("finds the knee to the resolution of the search, and ends within the bound", () => {
    const rules = rulesOf({
      epochs: 2,
      pruning: { maxEpochs: 50, interval: 2, bound: { maxDrop: 1 }, finetuneEpochs: 2 },
    });
    const { states } = replay(rules, knee(0.9));
    const end = last(states);
    // A drop of 1 point is 0.01 past the knee; the loss bound of a stage may stop the search before it.
    assert.ok(end.sparsity > 0.899 && end.sparsity <= 0.91 + 1e-9, String(end.sparsity));
    assert.ok(states.some((state) => state.phase === "finetune"));
  });

  it("only prunes at a threshold that was tested and accepted, the largest of its search", () => {
    const { probes, prunings } = replay(rulesOf({ epochs: 1, pruning: { maxEpochs: 30, interval: 1 } }), knee(0.8));
    assert.ok(prunings.length > 0);
    for (const { threshold } of prunings) {
      assert.ok(probes.some((probe) => probe.threshold === threshold && probe.accepted));
    }
    assert.ok(probes.some((probe) => !probe.accepted));
  });

  it("stops at the target sparsity and not past it", () => {
    const rules = rulesOf({ epochs: 1, pruning: { targetSparsity: 0.7, maxEpochs: 30, interval: 1 } });
    const { states } = replay(rules, knee(0.99));
    assert.ok(Math.abs(last(states).sparsity - 0.7) < 1e-9);
    assert.ok(Math.max(...states.map((state) => state.sparsity)) <= 0.7 + 1e-9);
  });

  it("takes a target as reached that whole weights miss by a little", () => {
    const rules = rulesOf({ epochs: 1, pruning: { targetSparsity: 0.7, maxEpochs: 30, interval: 1 } });
    const { states } = replay(rules, knee(0.99), { weights: 1234 });
    const end = last(states);
    assert.ok(end.sparsity < 0.7 && end.sparsity > 0.7 - 1 / 1234);
    assert.ok(end.pruningEpochs < 10, `${end.pruningEpochs} epochs`);
  });

  it("waits for a plateau of `patience` epochs when there is no interval, and goes back to its best state", () => {
    const rules = rulesOf({ epochs: 1, pruning: { interval: 0, patience: 4, maxEpochs: 20 } });
    const { states, effects } = replay(rules, { metric: () => 0.9, loss: () => 0.1 });
    const recovered = states.filter((state) => state.phase === "recover" && state.stage !== null);
    // The first epoch is the best; four without improvement follow.
    const firstSearch = states.find((state) => state.phase === "search");
    assert.equal(firstSearch?.pruningEpochs, 5);
    assert.ok(recovered.every((state) => (state.stage?.since ?? 0) <= 4));
    assert.ok(effects.some((effect) => effect.effect === "restore" && effect.slot === "stage"));
  });

  it("falls back to the sparsest state within the bound when fine-tuning misses it", () => {
    const rules = rulesOf({
      epochs: 1,
      pruning: { maxEpochs: 40, interval: 1, patience: 2, bound: { maxDrop: 1 }, finetuneEpochs: 3 },
    });
    // What the search accepts, training then ruins: accuracy collapses above 50 % once epochs run.
    const world: World = {
      metric: (sparsity, phase) => (phase !== "search" && phase !== "prune" && sparsity > 0.5 ? 0.5 : 0.98),
      loss: () => 0.1,
    };
    const { states, effects } = replay(rules, world);
    const end = last(states);
    assert.equal(end.candidate, "best");
    assert.ok(end.score !== null && end.score.metric === 0.98);
    assert.ok(effects.some((effect) => effect.effect === "restore" && effect.slot === "best"));
  });

  it("ends fine-tuning with its last epoch, or with its best where the last misses the bound", () => {
    const pruning = { targetSparsity: 0.5, maxEpochs: 20, interval: 1, bound: { maxDrop: 1 }, finetuneEpochs: 3 };
    const rules = rulesOf({ epochs: 1, pruning });
    const playTuning = (metrics: readonly number[]) => {
      const left = [...metrics];
      return replay(rules, {
        metric: (_sparsity, phase) => (phase === "finetune" ? (left.shift() ?? 0) : 0.98),
        loss: () => 0.1,
      });
    };
    const lucky = playTuning([0.99, 0.975, 0.976]);
    assert.equal(last(lucky.states).score?.metric, 0.976);
    const late = playTuning([0.975, 0.96, 0.5]);
    assert.equal(last(late.states).score?.metric, 0.975);
    assert.equal(last(late.states).candidate, "sparsest");
  });

  it("regularizes recovery only", () => {
    const rules = rulesOf({ pruning: { lambda: 0.01 } });
    assert.equal(strengthOf("train", rules, 0), null);
    assert.equal(strengthOf("recover", rules, 3), 0.01);
    assert.equal(strengthOf("finetune", rules, 0), null);
  });

  it("takes γ when the term goes through the optimizer, and lets the strength fall to 0 over an epoch if asked to", () => {
    const rules = rulesOf({ pruning: { lambda: 0.01, gamma: 0.5, coupling: "optimizer", decay: "epoch" } });
    assert.deepEqual(
      [0, 0.25, 1, 7].map((stage) => strengthOf("recover", rules, stage)),
      [0.5, 0.375, 0, 0],
    );
  });

  it("begins regularized training at once with a model that was trained elsewhere", () => {
    const rules = rulesOf({ epochs: 9 });
    const { state, effects } = advance(startLoop(), rules, { of: "loaded", validation: { loss: 0.1, metric: 0.97 } });
    assert.equal(state.phase, "recover");
    assert.equal(state.epoch, 0);
    assert.deepEqual(state.reference, { loss: 0.1, metric: 0.97 });
    assert.ok(effects.some((effect) => effect.effect === "save" && effect.slot === "best"));
  });

  describe("schedule fraction", () => {
    const pruning = { schedule: "fraction", fraction: 0.1, interval: 2, maxEpochs: 20, finetuneEpochs: 0 } as const;

    it("removes its part of what remains every interval, while the metric is within the bound", () => {
      const rules = rulesOf({ epochs: 1, pruning: { ...pruning, bound: { maxDrop: 1 } } });
      const { prunings, probes, states } = replay(rules, knee(0.5));
      assert.equal(probes.length, 0);
      // 1 − 0.9ⁿ: 0.1, 0.19, … The sixth, 0.469, is within, the seventh, 0.522, is past knee and bound (0.51).
      assert.deepEqual(
        prunings.map(({ sparsity }) => sparsity.toFixed(6)),
        [1, 2, 3, 4, 5, 6, 7].map((n) => (1 - 0.9 ** n).toFixed(6)),
      );
      // Out of the bound, it trains on to the end of its budget, and gives the sparsest state that was within.
      assert.equal(last(states).pruningEpochs, 20);
      assert.ok(Math.abs(last(states).sparsity - (1 - 0.9 ** 6)) < 1e-9);
    });

    it("does not go past the target", () => {
      const { states } = replay(rulesOf({ epochs: 1, pruning: { ...pruning, targetSparsity: 0.25 } }), knee(0.9));
      assert.ok(Math.abs(last(states).sparsity - 0.25) < 1e-9);
    });

    it("prunes between two steps with intervalSteps, and not at the end of epochs", () => {
      const rules = rulesOf({ epochs: 1, pruning: { ...pruning, intervalSteps: 20 } });
      const validation = { loss: 0.1, metric: 0.98 };
      const { state: started } = advance(startLoop(), rules, { of: "loaded", validation });
      assert.equal(advance(started, rules, { of: "epoch", validation, seconds: 1 }).state.phase, "recover");
      const { state } = advance(started, rules, { of: "interval", validation, within: 0.5 });
      assert.deepEqual(state.todo, { do: "prune", fraction: 0.1 });
      const bad = { loss: 0.3, metric: 0.5 };
      assert.equal(advance(started, rules, { of: "interval", validation: bad, within: 0.5 }).state.phase, "recover");
    });
  });

  describe("schedule cubic", () => {
    it("follows the curve of Zhu and Gupta to its target, whatever the metric is, and trains on there", () => {
      const pruning = { schedule: "cubic", targetSparsity: 0.9, ramp: 0.5, maxEpochs: 8, interval: 1 } as const;
      const rules = rulesOf({ epochs: 1, pruning: { ...pruning, bound: { min: 0 }, finetuneEpochs: 2 } });
      const { prunings, states, probes } = replay(rules, knee(0.2));
      assert.equal(probes.length, 0);
      // By hand: 0.9·(1 − (1 − t/4)³) at t = 1, 2, 3, 4.
      assert.deepEqual(
        prunings.map(({ sparsity }) => sparsity.toFixed(6)),
        ["0.520313", "0.787500", "0.885938", "0.900000"],
      );
      const end = last(states);
      assert.equal(end.pruningEpochs, 8);
      assert.equal(end.epoch, 1 + 8 + 2);
      assert.ok(Math.abs(end.sparsity - 0.9) < 1e-9);
    });

    it("reaches its target with the last epoch when the ramp takes all of them and the interval does not divide them", () => {
      const pruning = { schedule: "cubic", targetSparsity: 0.95, maxEpochs: 7, interval: 3 } as const;
      const rules = rulesOf({ epochs: 1, pruning: { ...pruning, bound: { min: 0 }, finetuneEpochs: 1 } });
      const { prunings, states } = replay(rules, knee(0.2));
      assert.ok(Math.abs(last(prunings).sparsity - 0.95) < 1e-9);
      assert.equal(last(states).epoch, 1 + 7 + 1);
    });
  });

  it("counts minutes of regularized training against the budget", () => {
    const rules = rulesOf({ epochs: 1, pruning: { maxMinutes: 0.1, interval: 100, finetuneEpochs: 0 } });
    // An epoch takes a second: the budget of 6 s ends after 6 of the 60 allowed.
    assert.equal(last(replay(rules, knee(0.9)).states).pruningEpochs, 6);
  });

  it("ends, within its epochs and its bound, whatever the network does", () => {
    fc.assert(
      fc.property(
        fc.record({
          epochs: fc.integer({ min: 1, max: 4 }),
          maxEpochs: fc.integer({ min: 0, max: 25 }),
          interval: fc.integer({ min: 0, max: 4 }),
          patience: fc.integer({ min: 1, max: 3 }),
          tolerance: fc.double({ min: 0, max: 0.5, noNaN: true }),
          targetSparsity: fc.double({ min: 0, max: 1, noNaN: true }),
          finetuneEpochs: fc.integer({ min: 0, max: 3 }),
          answers: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        }),
        ({ epochs, answers, ...pruning }) => {
          const rules = rulesOf({ epochs, pruning: { ...pruning, bound: { maxDrop: 5 } } });
          const next = () => answers.next().value as number;
          const { states } = replay(rules, { metric: next, loss: next });
          const end = last(states);
          assert.ok(end.pruningEpochs <= pruning.maxEpochs);
          assert.ok(end.epoch <= plannedEpochs(rules) + pruning.finetuneEpochs);
          assert.ok(end.sparsity <= Math.max(0, pruning.targetSparsity) + 1e-9);
          assert.ok(end.score !== null && end.score.metric !== null && end.reference !== null);
          assert.ok(end.score.metric >= end.reference.metric - 0.05 - 1e-9);
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });
});
