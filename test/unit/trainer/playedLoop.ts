/** A loop on made-up points that tests play, stop and go on with. */
import * as tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createObjective } from "../../../src/models/objective.ts";
import type { NewEvent } from "../../../src/protocol/events.ts";
import { type PruningSettings, type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import type { Checkpoint } from "../../../src/runs/checkpoint/checkpoint.ts";
import type { Augment } from "../../../src/trainer/augmentation.ts";
import { createJudge } from "../../../src/trainer/judge.ts";
import { runLoop } from "../../../src/trainer/loop.ts";
import { createNetwork, type Network, type NetworkParts } from "../../../src/trainer/network.ts";
import type { LoopEnd, Ports } from "../../../src/trainer/ports.ts";
import type { ShrinkParts } from "../../../src/trainer/shrinking.ts";

/** Two classes of points, told apart by the first two of eight coordinates: the other inputs are prunable for certain. */
function makeSplit(count: number, key: string): Split {
  const random = createRandom(key);
  const x = new Float32Array(count * 8);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 8; j++) x[i * 8 + j] = random.next() * 2 - 1;
    y[i] = (x[i * 8] ?? 0) + (x[i * 8 + 1] ?? 0) > 0 ? 1 : 0;
  }
  return { count, x, y };
}

export const data: DataSet = {
  spec: "points",
  sha256: "",
  xShape: [8],
  yShape: [],
  scale: 1,
  offset: 0,
  classes: 2,
  train: makeSplit(200, "train"),
  validation: makeSplit(100, "validation"),
  test: makeSplit(100, "test"),
};

export function makeNetwork(): Network {
  return makeTrained().network;
}

/** With the judge of its predictions, and what it takes to train a smaller one. */
export function makeTrained(units = 6, granularity: PruningSettings["granularity"] = "weight") {
  const model = withSeededMathRandom(createRandom("init"), () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ name: "hidden", inputShape: [8], units, activation: "relu" }),
        tf.layers.dropout({ name: "drop", rate: 0.1 }),
        tf.layers.dense({ name: "out", units: 2 }),
      ],
    }),
  );
  const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
  const parts = {
    metric: {
      name: "accuracy",
      better: "higher",
      compute: (y, scores) => tf.equal(scores.argMax(-1), y.toInt()).toFloat(),
    },
    inputShape: data.xShape,
    layers: ["**"],
    granularity,
  } satisfies Partial<NetworkParts>;
  const network = createNetwork(tf, { ...parts, model, objective });
  const shrink: ShrinkParts = {
    model,
    build: (smaller, names) =>
      createNetwork(tf, {
        ...parts,
        model: smaller,
        objective: createObjective(tf, smaller, "sparseCategoricalCrossentropy"),
        batches: network.batches,
        names,
      }),
  };
  return { network, judge: createJudge(tf, { model, objective, network, data, settings: settings() }), shrink };
}

export const settings = (change: SettingsInput = {}) =>
  settingsSchema.parse({
    batchSize: 32,
    epochs: 3,
    seed: 5,
    optimizer: { name: "adam", learningRate: 0.02 },
    ...change,
    pruning: {
      maxEpochs: 6,
      interval: 2,
      tolerance: 0.2,
      bound: { maxDrop: 5 },
      finetuneEpochs: 2,
      average: 0.9,
      ...change.pruning,
    },
  });

interface Record {
  readonly end: LoopEnd;
  readonly events: readonly NewEvent[];
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly saved: Checkpoint | undefined;
}

/** Runs until the end, or until the outside has been let in `stopAfter` times. Every step lets it in. */
export async function play(
  from: Checkpoint | undefined,
  stopAfter = Number.POSITIVE_INFINITY,
  change?: SettingsInput,
  wish: () => "go on" | "prune" = () => "go on",
  augment?: Augment,
  units?: number,
): Promise<Record> {
  const { network, judge, shrink } = makeTrained(units, change?.pruning?.granularity);
  const events: NewEvent[] = [];
  let saved: Checkpoint | undefined;
  let clock = 0;
  let breaths = 0;
  const ports: Ports = {
    emit: (event) => events.push(event),
    save(state, tensors) {
      saved = { seq: events.length, state: JSON.parse(JSON.stringify(state)), tensors: new Map(tensors) };
    },
    now: () => (clock += 25),
    breathe: async () => (++breaths > stopAfter ? "stop" : wish()),
  };
  const end = await runLoop(
    {
      tf,
      network,
      data,
      settings: settings(change),
      augment,
      judge,
      resumeFrom: from,
      ...(units === undefined ? {} : { shrink }),
    },
    ports,
  );
  const weights = new Map([...network.weights].map(([name, variable]) => [name, [...variable.dataSync()]]));
  return { end, events, weights, saved };
}
