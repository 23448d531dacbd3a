import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { openGiven } from "../../../src/data/given/given.ts";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import { type AnyDataSet, isStreamed, type StreamedDataSet } from "../../../src/data/types.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { settingsSchema } from "../../../src/protocol/settings.ts";
import type { Checkpoint } from "../../../src/runs/checkpoint/checkpoint.ts";
import { createEpochSource } from "../../../src/trainer/epochSource.ts";
import { runLoop } from "../../../src/trainer/loop.ts";
import { createNetwork, type Network } from "../../../src/trainer/network.ts";
import type { LoopEnd } from "../../../src/trainer/ports.ts";

const COUNT = 150;
const BATCH = 16;

/** Two classes of points, told apart by the sum of the first two of eight coordinates; other ones in each epoch. */
function* points(count: number, ...keys: (number | string)[]) {
  const random = createRandom(...keys);
  for (let at = 0; at < count; at++) {
    const x = Array.from({ length: 8 }, () => random.next() * 2 - 1);
    yield { x, y: (x[0] ?? 0) + (x[1] ?? 0) > 0 ? 1 : 0 };
  }
}

async function* pointsLater(epoch: number, seed: number) {
  for (const point of points(COUNT, seed, epoch)) {
    await null;
    yield point;
  }
}

type Start = (of: { readonly epoch: number; readonly seed: number }) => unknown;

async function open(train: Start = ({ epoch, seed }) => pointsLater(epoch, seed)): Promise<StreamedDataSet> {
  const [validation, test] = [[...points(60, "validation")], [...points(60, "test")]];
  const given = { train, count: COUNT, validation, test, shuffleBuffer: 40 };
  const data = await openGiven("custom", given, { validationSplit: 0.1, seed: 5, exampleRank: 1 });
  assert.ok(isStreamed(data));
  return data;
}

function makeNetwork(): Network {
  const model = withSeededMathRandom(createRandom("init"), () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ name: "hidden", inputShape: [8], units: 6, activation: "relu" }),
        tf.layers.dense({ name: "out", units: 2 }),
      ],
    }),
  );
  return createNetwork(tf, {
    model,
    objective: createObjective(tf, model, "sparseCategoricalCrossentropy"),
    metric: {
      name: "accuracy",
      better: "higher",
      compute: (y, scores) => tf.equal(scores.argMax(-1), y.toInt()).toFloat(),
    },
    inputShape: [8],
    layers: ["**"],
  });
}

const settings = settingsSchema.parse({
  ...{ batchSize: BATCH, epochs: 3, seed: 5, optimizer: { name: "adam", learningRate: 0.02 } },
  pruning: { maxEpochs: 4, interval: 2, tolerance: 0.2, bound: { maxDrop: 5 }, finetuneEpochs: 1 },
});

interface Played {
  readonly end: LoopEnd;
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly saved: Checkpoint | undefined;
  readonly tensors: readonly number[];
}

/** Every step lets the outside in, which stops the run at the moment `stopAt`. */
async function play(
  data: AnyDataSet,
  from?: Checkpoint,
  stopAt = Number.POSITIVE_INFINITY,
  wish: (breath: number) => "go on" | "prune" = () => "go on",
): Promise<Played> {
  const network = makeNetwork();
  let saved: Checkpoint | undefined;
  let clock = 0;
  let breaths = 0;
  const tensors: number[] = [];
  const end = await runLoop(
    { tf, network, data, settings, resumeFrom: from },
    {
      emit: () => undefined,
      save(state, stored) {
        saved = { seq: 0, state: JSON.parse(JSON.stringify(state)), tensors: new Map(stored) };
      },
      now: () => (clock += 25),
      async breathe() {
        tensors.push(tf.memory().numTensors);
        return ++breaths > stopAt ? "stop" : wish(breaths);
      },
    },
  );
  const weights = new Map([...network.weights].map(([name, variable]) => [name, [...variable.dataSync()]]));
  network.dispose();
  return { end, weights, saved, tensors };
}

describe("training on a stream", () => {
  before(() => tf.setBackend("cpu"));

  it("learns and prunes, with as many tensors at the end as at the start", async () => {
    const { end, tensors } = await play(await open());
    assert.equal(end.status, "done");
    assert.equal(end.epochs, 3 + 4 + 1);
    assert.equal(end.steps, end.epochs * Math.ceil(COUNT / BATCH));
    assert.ok(end.validation.metric > 0.85, String(end.validation.metric));
    assert.ok(end.sparsity > 0.1, String(end.sparsity));
    assert.equal(new Set(tensors.slice(-30)).size, 1);
  });

  it("goes on from any moment, in mid-epoch too, to the same bits", async () => {
    const whole = await play(await open());
    for (const moment of [1, 4, 9, 10, 14, 27, 33, 46, 58, 77]) {
      const first = await play(await open(), undefined, moment);
      assert.equal(first.end.status, "stopped");
      const second = await play(await open(), first.saved);
      assert.deepEqual(second.weights, whole.weights, `stopped at ${moment}`);
      assert.deepEqual({ ...second.end, seconds: 0, spent: 0 }, { ...whole.end, seconds: 0, spent: 0 });
    }
  });

  it("trains the rest of an epoch after a search in the middle of it", async () => {
    const starts: number[] = [];
    const data = await open(({ epoch, seed }) => {
      starts.push(epoch);
      return points(COUNT, seed, epoch);
    });
    const { end } = await play(data, undefined, undefined, (breath) => (breath === 35 ? "prune" : "go on"));
    assert.equal(end.steps, end.epochs * Math.ceil(COUNT / BATCH));
    assert.deepEqual(starts.slice(1), [...new Set(starts)], "each epoch is started once");
  });

  it("sees the very examples of each epoch, shuffled by the seed", async () => {
    const data = await open();
    const source = createEpochSource(makeNetwork(), data, settings);
    for (const epoch of [0, 1]) {
      const seen: number[][] = [];
      for (let step = 0; step < Math.ceil(COUNT / BATCH); step++) {
        const [batch, ...others] = (await source.batches(epoch, step)) ?? [];
        assert.ok(batch !== undefined && others.length === 0);
        const { x, y } = batch.read(batch.inputs);
        const [rows, ids] = [x.arraySync() as number[][], y.arraySync() as number[]];
        assert.equal(rows.length, batch.count);
        seen.push(...rows.map((row, at) => [...row, ids[at] ?? -1]));
        batch.dispose();
      }
      const expected = [...points(COUNT, 5, epoch + 1)].map(({ x, y }) => [...x.map(Math.fround), y]);
      const inOrder = (rows: number[][]) => [...rows].sort(([a = 0], [b = 0]) => a - b);
      assert.notDeepEqual(seen, expected);
      assert.deepEqual(inOrder(seen), inOrder(expected));
    }
    source.close();
  });

  it("gives the batches of a step together, and those of its last step that are there, whatever is asked meanwhile", async () => {
    const several = { ...settings, accumulate: 3 };
    const data = await open();
    const sizes = async (from: number, steps: number) => {
      const source = createEpochSource(makeNetwork(), data, several);
      const found: number[][] = [];
      for (let step = from; step < steps; step++) {
        const batches = await source.batches(0, step);
        found.push((batches ?? []).map(({ count }) => count));
        for (const batch of batches ?? []) batch.dispose();
      }
      source.close();
      return found;
    };
    const all = Math.ceil(COUNT / BATCH);
    const expected = Array.from({ length: Math.ceil(all / 3) }, (_, step) =>
      Array.from({ length: Math.min(3, all - 3 * step) }, (_, at) => Math.min(BATCH, COUNT - (3 * step + at) * BATCH)),
    );
    assert.deepEqual(await sizes(0, expected.length), expected);
    assert.deepEqual(await sizes(1, expected.length), expected.slice(1));
  });

  it("asks for the next batch before the step on this one, and for no more", async () => {
    let made = 0;
    const data = await open(function* () {
      for (const point of points(COUNT, "ahead")) {
        made += 1;
        yield point;
      }
    });
    const source = createEpochSource(makeNetwork(), data, settings);
    made = 0;
    const [taken] = (await source.batches(0, 0)) ?? [];
    // Where the machine is slow, the stream gives others a turn before it goes on.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    // Two batches, and the buffer full again; the last one drawn has not been replaced yet.
    assert.equal(made, 2 * BATCH + 40);
    assert.equal(taken?.count, BATCH);
    source.close();
  });

  it("can be stopped while the stream waits for what never comes, and is told what goes wrong in it", async () => {
    const silent = await open(async function* ({ seed }) {
      yield* points(45, 1);
      // Seed 0 is where the stream is looked at before.
      if (seed !== 0) await new Promise(() => undefined);
      yield* points(COUNT, 1);
    });
    const { end } = await play(silent, undefined, 3);
    assert.deepEqual([end.status, end.steps], ["stopped", 0]);
    const failing = await open(function* ({ epoch }) {
      yield* points(COUNT / 2, 1);
      if (epoch === 2) throw new Error("the server is down");
      yield* points(COUNT, 1);
    });
    await assert.rejects(play(failing), /the server is down/);
  });
});
