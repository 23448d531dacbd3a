import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { SettingsInput } from "../../../src/protocol/settings.ts";
import { followPlateau, NO_PLATEAU } from "../../../src/pruning/plateau.ts";
import type { Augment } from "../../../src/trainer/augmentation.ts";
import { runLoop } from "../../../src/trainer/loop.ts";
import { data, makeNetwork, play, settings } from "./playedLoop.ts";

describe("training loop", () => {
  before(() => tf.setBackend("cpu"));

  it("trains, prunes and ends within the bound, with zeros where the mask says so", async () => {
    const { end, events, weights } = await play(undefined);
    assert.equal(end.status, "done");
    assert.equal(end.epochs, 3 + 6 + 2);
    assert.ok(end.sparsity > 0.2, String(end.sparsity));
    assert.ok(end.validation.metric >= end.reference.metric - 0.05 - 1e-9);
    const zeros = [...weights]
      .filter(([name]) => name.endsWith("kernel"))
      .flatMap(([, values]) => values.filter((value) => value === 0));
    assert.equal(
      zeros.length,
      end.layers.reduce((sum, layer) => sum + layer.total - layer.remaining, 0),
    );
    assert.equal(end.params.total, 8 * 6 + 6 + 6 * 2 + 2);
    assert.ok(end.predictions?.of === "classes");
    // The diagonal of the confusion matrix is what the accuracy counts.
    for (const [model, score] of [
      ["dense", end.reference],
      ["pruned", end.validation],
    ] as const) {
      const right: number = end.predictions.confusion[model].reduce((sum, row, target) => sum + (row[target] ?? 0), 0);
      assert.equal(right, Math.round(score.metric * data.validation.count), model);
    }
    assert.ok(events.some((event) => event.type === "prune"));
    assert.ok(events.some((event) => event.type === "probe" && !event.accepted));
  });

  it("goes on from any moment to the same bits", async () => {
    const whole = await play(undefined);
    for (const moment of [1, 9, 22, 30, 41, 55, 60, 66]) {
      const first = await play(undefined, moment);
      assert.equal(first.end.status, "stopped");
      assert.ok(first.saved !== undefined);
      const second = await play(first.saved);
      assert.deepEqual(second.weights, whole.weights, `stopped at ${moment}`);
      assert.deepEqual({ ...second.end, seconds: 0 }, { ...whole.end, seconds: 0 });
    }
  });

  it("goes on from any moment to the same bits with augmentation, drawn anew for each step", async () => {
    const drawn: number[] = [];
    /** Examples as they are, all of them scaled by what is drawn. */
    const augment: Augment = (batch, random) => {
      const scale = tf.scalar(0.5 + random.next());
      drawn.push(...scale.dataSync());
      return {
        count: batch.count,
        kind: batch.kind,
        inputs: [scale, ...batch.inputs],
        read: ([by, ...inputs]) => {
          const { x, y } = batch.read(inputs);
          assert.ok(by !== undefined);
          return { x: tf.mul(x, by), y };
        },
        dispose: () => {
          scale.dispose();
          batch.dispose();
        },
      };
    };
    const whole = await play(undefined, undefined, {}, undefined, augment);
    assert.equal(new Set(drawn).size, drawn.length);
    assert.equal(drawn.length, whole.end.steps);
    const first = await play(undefined, 30, {}, undefined, augment);
    const second = await play(first.saved, undefined, {}, undefined, augment);
    assert.deepEqual(second.weights, whole.weights);
  });

  const options = {
    "the optimizer and a strength that decays": { coupling: "optimizer", gamma: 0.01, decay: "epoch" },
    "an l1 term": { method: "l1", lambda: 1e-3 },
    "the signal movement": { signal: "movement" },
    "the signal snr and a constant scale": { signal: "snr", scale: "alpha", alpha: 0.5 },
    "the criterion fisher": { criterion: "fisher", method: "l2" },
    "fractions within epochs": { schedule: "fraction", intervalSteps: 3, fraction: 0.2, bound: { maxDrop: 50 } },
    "fractions between epochs": { schedule: "fraction", interval: 1, fraction: 0.2, bound: { maxDrop: 50 } },
    "a cubic schedule": { schedule: "cubic", targetSparsity: 0.7, ramp: 0.6, interval: 1, bound: { maxDrop: 50 } },
    "units in place of weights": { granularity: "unit" },
    "units, a group lasso and the criterion fisher": {
      granularity: "unit",
      method: "l1",
      lambda: 1e-3,
      criterion: "fisher",
    },
    "units by a cubic schedule": {
      granularity: "unit",
      schedule: "cubic",
      targetSparsity: 0.6,
      interval: 1,
      bound: { maxDrop: 50 },
    },
    "a cubic schedule within epochs": { schedule: "cubic", targetSparsity: 0.7, intervalSteps: 4, bound: { min: 0 } },
  } satisfies { readonly [name: string]: SettingsInput["pruning"] };
  for (const [name, pruning] of Object.entries<SettingsInput["pruning"]>(options)) {
    it(`goes on from any moment to the same bits with ${name}`, async () => {
      const optimizer = { name: "adam", learningRate: 0.02, recoverSchedule: "cosine" } as const;
      const change: SettingsInput = { optimizer, ...(pruning === undefined ? {} : { pruning }) };
      const whole = await play(undefined, undefined, change);
      assert.ok(whole.end.sparsity > 0, String(whole.end.sparsity));
      for (const moment of [22, 27, 30, 41, 55, 66]) {
        const first = await play(undefined, moment, change);
        assert.equal(first.end.status, "stopped");
        const second = await play(first.saved, undefined, change);
        assert.deepEqual(second.weights, whole.weights, `stopped at ${moment}`);
        assert.deepEqual({ ...second.end, seconds: 0 }, { ...whole.end, seconds: 0 });
      }
    });
  }

  it("prunes whole units with their biases, and leaves the model's outputs", async () => {
    const change: SettingsInput = {
      pruning: { granularity: "unit", schedule: "cubic", targetSparsity: 0.6, interval: 1, bound: { maxDrop: 50 } },
    };
    const { end, events, weights } = await play(undefined, undefined, change);
    assert.deepEqual(
      end.layers.map(({ name, total, units }) => [name, total, units?.count]),
      [
        ["hidden/kernel", 8 * 6, 6],
        ["hidden/bias", 6, undefined],
      ],
    );
    // Four of six: three are not 60 % of the weights yet.
    assert.deepEqual(
      end.layers.map(({ remaining, unitsAlive }) => [remaining, unitsAlive]),
      [
        [8 * 2, 2],
        [2, undefined],
      ],
    );
    assert.ok(Math.abs(end.sparsity - 4 / 6) < 1e-12);
    assert.equal(end.params.remaining, end.params.total - 4 * 9);
    const [kernel = [], bias = [], out = []] = ["hidden/kernel", "hidden/bias", "out/kernel"].map((name) =>
      weights.get(name),
    );
    for (const [unit, value] of bias.entries()) {
      const column = kernel.filter((_, at) => at % 6 === unit);
      assert.ok(value === 0 ? column.every((weight) => weight === 0) : column.every((weight) => weight !== 0));
    }
    assert.ok(out.every((value) => value !== 0));
    const alive = events.flatMap((event) => (event.type === "epoch" ? [event.unitsAlive[0] ?? 0] : []));
    assert.equal(alive[0], 6);
    assert.ok(alive.every((count, at) => at === 0 || count <= (alive[at - 1] ?? 0)));
  });

  it("goes on from any moment to the same bits with gradients of several batches", async () => {
    const change: SettingsInput = { batchSize: 12, accumulate: 3 };
    const whole = await play(undefined, undefined, change);
    assert.equal(whole.end.steps, Math.ceil(data.train.count / 36) * whole.end.epochs);
    for (const moment of [2, 21, 40]) {
      const first = await play(undefined, moment, change);
      assert.equal(first.end.status, "stopped");
      const second = await play(first.saved, undefined, change);
      assert.deepEqual(second.weights, whole.weights, `stopped at ${moment}`);
    }
  });

  it("lowers the rate where the validation loss stands still, anew in each phase, and goes on from any moment", async () => {
    const schedules = { schedule: "plateau", recoverSchedule: "plateau", patience: 0 } as const;
    const change: SettingsInput = { epochs: 8, optimizer: { name: "adam", learningRate: 0.5, ...schedules } };
    const whole = await play(undefined, undefined, change);
    const epochs = whole.events.flatMap((event) => (event.type === "epoch" ? [event] : []));
    let plateau = NO_PLATEAU;
    for (const [at, event] of whole.events.entries()) {
      if (event.type === "phase") plateau = NO_PLATEAU;
      if (event.type !== "epoch") continue;
      assert.equal(event.learningRate, 0.5 * 0.1 ** plateau.drops, `event ${at}`);
      plateau = followPlateau(plateau, event.validation.loss, 0);
    }
    assert.ok(epochs.some(({ learningRate }) => learningRate < 0.1));
    for (const moment of [20, 33, 52, 75]) {
      const first = await play(undefined, moment, change);
      assert.equal(first.end.status, "stopped");
      const second = await play(first.saved, undefined, change);
      assert.deepEqual(second.weights, whole.weights, `stopped at ${moment}`);
    }
  });

  it("gives at most a twentieth of the time to checkpoints between steps, however long one takes", async () => {
    let clock = 0;
    let periodic = 0;
    let isAtStep = false;
    const cost = 2000;
    await runLoop(
      {
        tf,
        network: makeNetwork(),
        data,
        settings: settings({ epochs: 60, pruning: { maxEpochs: 0 } }),
        resumeFrom: undefined,
      },
      {
        emit: (event) => {
          isAtStep = event.type === "step";
        },
        save() {
          clock += cost;
          if (isAtStep) periodic += cost;
        },
        now: () => (clock += 60),
        breathe: async () => "go on",
      },
    );
    assert.ok(periodic >= 2 * cost, `${periodic / cost} in ${clock} ms`);
    assert.ok(periodic <= 0.05 * clock, `${periodic} of ${clock} ms`);
  });

  it("keeps no state of a stage that is over, and no mask that says nothing", async () => {
    const whole = await play(undefined);
    const first = await play(undefined, 22);
    const names = (prefix: string) =>
      [...(first.saved?.tensors.keys() ?? [])].filter((name) => name.startsWith(prefix));
    assert.deepEqual(names("stage-"), []);
    assert.ok(names("best-weight:").length > 0);
    assert.deepEqual(names("best-mask:"), []);
    assert.deepEqual((await play(first.saved)).weights, whole.weights);
  });

  it("trains other weights with another seed", async () => {
    assert.notDeepEqual((await play(undefined)).weights, (await play(undefined, undefined, { seed: 6 })).weights);
  });

  it("says in one error that the loss is no number, and what to do", async () => {
    await assert.rejects(play(undefined, undefined, { optimizer: { name: "sgd", learningRate: 1e30 } }), {
      name: "WhittleError",
      message: /^The loss became (NaN|Infinity) in epoch \d+, step \d+$/,
      remedy: /learningRate/,
    });
  });

  it("prunes in the middle of a stage when asked to, and trains the rest of the epoch after it", async () => {
    let breaths = 0;
    const { end, events } = await play(undefined, undefined, {}, () => (++breaths === 35 ? "prune" : "go on"));
    const at = events.findIndex((event) => event.type === "phase" && event.reason === "asked for");
    assert.ok(at > 0);
    const next = events.slice(at + 1).find((event) => event.type === "phase");
    assert.ok(next?.type === "phase" && ["threshold found", "nothing to prune now"].includes(next.reason));
    const probe = events.slice(at).find((event) => event.type === "probe");
    assert.ok(probe?.type === "probe" && probe.limit !== undefined);
    assert.equal(probe.accepted && probe.validation.loss > probe.limit, false);
    // All epochs are whole: none was cut short, none came twice.
    const epochs = events.flatMap((event) => (event.type === "epoch" ? [event.epoch] : []));
    assert.deepEqual(
      epochs,
      Array.from({ length: end.epochs }, (_, index) => index + 1),
    );
  });

  it("says why it does not prune while it trains the dense reference", async () => {
    let breaths = 0;
    const { events } = await play(undefined, undefined, {}, () => (++breaths === 2 ? "prune" : "go on"));
    const warnings = events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    assert.deepEqual(warnings, ["Not pruned now: the dense reference is still being trained."]);
  });

  it("counts every surviving weight in the histograms, and irrelevance where there was regularization", async () => {
    const { events } = await play(undefined);
    let phase = "";
    let remaining: readonly number[] = [];
    let regularized = 0;
    for (const event of events) {
      if (event.type === "epoch") [phase, remaining] = [event.phase, event.remaining];
      if (event.type !== "histogram") continue;
      const sum = (counts: readonly number[] = []): number => counts.reduce((all, one) => all + one, 0);
      assert.deepEqual(
        event.layers.map((layer) => sum(layer.weights)),
        remaining,
      );
      assert.equal(event.layers[0]?.irrelevance !== undefined, phase === "recover", phase);
      if (phase === "recover") {
        regularized += 1;
        assert.deepEqual(
          event.layers.map((layer) => sum(layer.irrelevance)),
          remaining,
        );
      }
    }
    assert.equal(regularized, 6);
  });

  it("keeps the number of tensors", async () => {
    const network = makeNetwork();
    const counts: number[] = [];
    await runLoop(
      { tf, network, data, settings: settings({ epochs: 40, pruning: { maxEpochs: 0 } }), resumeFrom: undefined },
      {
        emit: () => undefined,
        save: () => undefined,
        now: () => performance.now() * 1000,
        breathe: async () => {
          counts.push(tf.memory().numTensors);
          return "go on";
        },
      },
    );
    assert.ok(counts.length > 100);
    // From the second epoch on: the first evaluation puts the validation split where it stays.
    assert.equal(new Set(counts.slice(counts.length / 2)).size, 1);
  });
});
