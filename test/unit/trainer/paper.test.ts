import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveComplete } from "../../../src/models/settings.ts";
import type { NewEvent } from "../../../src/protocol/events.ts";
import { runLoop } from "../../../src/trainer/loop.ts";
import { createNetwork, type Network } from "../../../src/trainer/network.ts";

interface Case {
  readonly gamma: number;
  readonly decay: "none" | "epoch";
  readonly masks: readonly Readonly<Record<string, readonly number[]>>[];
  readonly losses: readonly number[];
  readonly float32: readonly (readonly number[])[];
  readonly float64: Readonly<Record<string, readonly number[]>>;
}
interface Reference {
  readonly rate: number;
  readonly batch: number;
  readonly classes: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly weights: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>;
  readonly cases: readonly Case[];
}

/** Made by test/reference/make_paper.py with torch.optim.Adam and torch.nn.utils.prune. */
const reference = JSON.parse(readFileSync(new URL("../../reference/paper.json", import.meta.url), "utf8")) as Reference;
const STEPS = 60;

const train: Split = { count: reference.y.length, x: Float32Array.from(reference.x), y: Int32Array.from(reference.y) };
const data: DataSet = {
  spec: "reference",
  sha256: "",
  xShape: [12],
  yShape: [],
  scale: 1,
  offset: 0,
  classes: reference.classes,
  train,
  validation: train,
  test: train,
};

function makeNetwork(layers: readonly string[]): Network {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: "fc1", inputShape: [12], units: 10, activation: "relu" }),
      tf.layers.layerNormalization({ name: "norm", epsilon: 1e-3 }),
      tf.layers.dense({ name: "fc2", units: reference.classes }),
    ],
  });
  return createNetwork(tf, {
    model,
    objective: createObjective(tf, model, "sparseCategoricalCrossentropy"),
    metric: {
      name: "accuracy",
      better: "higher",
      compute: (y, scores) => tf.equal(scores.argMax(-1), y.toInt()).toFloat(),
    },
    inputShape: data.xShape,
    layers,
  });
}

/** Trains by the preset; @returns the weights after every step and the pruning that follows it, and what happened */
async function trainAs({ gamma, decay }: Case) {
  const settings = resolveComplete(
    {
      preset: "paper",
      initialModel: "reference",
      batchSize: reference.batch,
      optimizer: { learningRate: reference.rate },
      pruning: { gamma, decay, intervalSteps: 20, maxEpochs: 6, finetuneEpochs: 0, bound: { min: 0 } },
    },
    {},
  );
  const network = makeNetwork(settings.pruning.layers);
  const after: Float32Array[] = [];
  let steps = 0;
  const look = (): void => {
    if (steps > 0 && after.length < steps) {
      const names = Object.keys(reference.weights);
      after.push(Float32Array.from(names.flatMap((name) => [...(network.weights.get(name)?.dataSync() ?? [])])));
    }
  };
  const order = Uint32Array.from({ length: data.train.count }, (_, i) => i);
  const watched: Network = {
    ...network,
    batches: {
      ...network.batches,
      // The reference takes the examples in their own order.
      training(_data, _order, from, to) {
        look();
        steps += 1;
        return network.batches.training(data, order, from, to);
      },
    },
    evaluate(set, split) {
      if (steps === STEPS) look();
      return network.evaluate(set, split);
    },
  };
  const events: NewEvent[] = [];
  await runLoop(
    {
      tf,
      network: watched,
      data,
      settings,
      resumeFrom: undefined,
      initialWeights: new Map(
        Object.entries(reference.weights).map(([name, { values }]) => [name, Float32Array.from(values)]),
      ),
    },
    { emit: (event) => events.push(event), save: () => undefined, now: () => 0, breathe: async () => "go on" },
  );
  return { after, events };
}

/** Largest difference, relative to the weight or to the mean size of its tensor where it is smaller. */
function largestError(got: Float32Array, expected: readonly number[]): number {
  let worst = 0;
  let at = 0;
  for (const { values } of Object.values(reference.weights)) {
    const tensor = expected.slice(at, at + values.length);
    const mean = tensor.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
    for (const [i, value] of tensor.entries()) {
      worst = Math.max(worst, Math.abs((got[at + i] ?? Number.NaN) - value) / Math.max(Math.abs(value), mean));
    }
    at += values.length;
  }
  return worst;
}

describe("preset paper", () => {
  before(() => tf.setBackend("cpu"));

  for (const one of reference.cases) {
    it(`trains and prunes as PyTorch does, step by step, with γ ${one.gamma}, decay ${one.decay}`, async () => {
      const { after, events } = await trainAs(one);
      assert.equal(after.length, STEPS);
      assert.ok(events.filter((event) => event.type === "prune").length >= 2);
      for (const [index, weights] of after.entries()) {
        const expected = one.float32[index] ?? [];
        assert.ok(largestError(weights, expected) < 1e-5, `step ${index + 1}: ${largestError(weights, expected)}`);
        const double = one.float64[String(index + 1)];
        if (double !== undefined) assert.ok(largestError(weights, double) < 1e-5, `float64, step ${index + 1}`);
      }
      for (const [index, step] of [20, 40].entries()) {
        const mask = Object.values(one.masks[index] ?? {}).flat();
        assert.deepEqual(
          [...(after[step - 1] ?? [])].map((weight) => (weight === 0 ? 0 : 1)),
          mask,
          `masks after step ${step}`,
        );
      }
    });
  }
});
