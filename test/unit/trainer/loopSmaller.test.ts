import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { SettingsInput } from "../../../src/protocol/settings.ts";
import type { Checkpoint } from "../../../src/runs/checkpoint/checkpoint.ts";
import { data, makeTrained, play } from "./playedLoop.ts";

describe("training loop with a network that becomes smaller", () => {
  before(() => tf.setBackend("cpu"));

  const UNITS = 24;
  const change: SettingsInput = {
    pruning: { schedule: "cubic", targetSparsity: 0.93, ramp: 0.8, interval: 1, bound: { min: 0 } },
  };
  const playSmaller = (from?: Checkpoint, stopAfter?: number, settingsChange = change) =>
    play(from, stopAfter, settingsChange, undefined, undefined, UNITS);

  it("speaks of the user's model, which gives what was reported", async () => {
    const { end, events, weights, saved } = await playSmaller();
    const sizes = events.flatMap((event) => (event.type === "compacted" ? [event.weights] : []));
    const total = 8 * UNITS + UNITS + UNITS * 2 + 2;
    assert.ok(sizes.length > 1, `${sizes.length} times smaller`);
    assert.deepEqual(new Set(sizes.map(({ model }) => model)), new Set([total]));
    assert.ok((sizes.at(-1)?.trained ?? total) < 0.5 * total);
    assert.equal(end.params.total, total);
    assert.deepEqual(new Map([...weights].map(([name, { length }]) => [name, length])).get("hidden/kernel"), 8 * UNITS);
    // The user's model with the weights of the checkpoint, scored by itself.
    const { network } = makeTrained(UNITS);
    for (const [name, variable] of network.weights) {
      variable.assign(tf.tensor(saved?.tensors.get(`weight:${name}`)?.values ?? [], variable.shape));
    }
    const score = network.evaluate(data, data.validation);
    assert.equal(score.metric, end.validation.metric);
    assert.ok(Math.abs(score.loss - end.validation.loss) < 1e-6);
    // Nothing is left of weights that the masks leave out.
    for (const layer of end.layers) {
      const left = weights.get(layer.name)?.filter((value) => value !== 0).length ?? 0;
      assert.ok(left <= layer.remaining, layer.name);
    }
  });

  it("goes on from any moment to the same bits, across every change of size", async () => {
    const whole = await playSmaller();
    for (let moment = 20; moment <= 70; moment += 2) {
      const first = await playSmaller(undefined, moment);
      assert.equal(first.end.status, "stopped");
      const second = await playSmaller(first.saved);
      assert.deepEqual(second.weights, whole.weights, `stopped at ${moment}`);
      assert.deepEqual({ ...second.end, seconds: 0 }, { ...whole.end, seconds: 0 });
    }
  });

  it("goes back to a larger one where the bound asks for weights that were left out", async () => {
    const tight: SettingsInput = {
      pruning: {
        schedule: "cubic",
        targetSparsity: 0.99,
        ramp: 0.8,
        interval: 1,
        bound: { maxDrop: 0 },
        finetuneEpochs: 1,
      },
    };
    const { end, events } = await playSmaller(undefined, undefined, tight);
    const sizes = events.flatMap((event) => (event.type === "compacted" ? [event.weights.trained] : []));
    assert.ok(
      sizes.some((size, at) => size > (sizes[at - 1] ?? size)),
      sizes.join(),
    );
    assert.ok(end.validation.metric >= end.reference.metric);
  });

  it("leaves no tensors behind", async () => {
    const count = async () => {
      await playSmaller();
      return tf.memory().numTensors;
    };
    const first = await count();
    const second = await count();
    const { numTensors } = tf.memory();
    makeTrained(UNITS);
    const ofModel = tf.memory().numTensors - numTensors;
    assert.ok(second - first <= 2 * ofModel, `${second - first} for a model of ${ofModel}`);
  });
});
