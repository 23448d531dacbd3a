import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { METHOD_NAMES, type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";

interface Case {
  readonly shape: number[];
  readonly optimizer: "sgd" | "momentum" | "adam" | "rmsprop";
  readonly pruning: NonNullable<SettingsInput["pruning"]>;
  readonly weights: number[];
  readonly mask: number[] | null;
  readonly gradients: number[][];
  readonly expected: number[];
}
interface Reference {
  readonly rate: number;
  readonly lambda: number;
  readonly momentum: number;
  readonly decay: number;
  readonly epsilon: number;
  readonly cases: Case[];
}

/** Made by test/reference/make_update.py with torch.optim in float64. */
const reference = JSON.parse(
  readFileSync(new URL("../../reference/update.json", import.meta.url), "utf8"),
) as Reference;

function settingsOf(one: Pick<Case, "optimizer" | "pruning">) {
  const { momentum, decay, epsilon } = reference;
  return settingsSchema.parse({ optimizer: { name: one.optimizer, momentum, decay, epsilon }, pruning: one.pruning });
}

function runCase(one: Case): Float32Array {
  const variable = tf.variable(tf.tensor(one.weights, one.shape), true);
  const update = createUpdate(tf, [{ name: "w", variable, prunable: true }], settingsOf(one));
  if (one.mask !== null) update.setMask("w", Float32Array.from(one.mask));
  for (const values of one.gradients) {
    const gradient = tf.tensor(values, one.shape);
    update.step([gradient], reference.rate, reference.lambda);
    gradient.dispose();
  }
  const result = Float32Array.from(variable.dataSync());
  update.dispose();
  variable.dispose();
  return result;
}

describe("regularized update", () => {
  before(() => tf.setBackend("cpu"));

  for (const method of METHOD_NAMES) {
    it(`${method} agrees with torch.optim within 1e-6 on tensors of rank 1 to 5`, () => {
      const cases = reference.cases.filter((one) => one.pruning.method === method);
      assert.deepEqual([...new Set(cases.map((one) => one.shape.length))].sort(), [1, 2, 3, 4, 5]);
      for (const one of cases) {
        const got = runCase(one);
        // Relative to the weight itself, or to the tensor's mean where a weight happens to pass through 0.
        const mean = one.expected.reduce((sum, value) => sum + Math.abs(value), 0) / one.expected.length;
        for (const [i, expected] of one.expected.entries()) {
          const error = Math.abs((got[i] ?? Number.NaN) - expected) / Math.max(Math.abs(expected), mean);
          assert.ok(error < 1e-6, `${JSON.stringify(one.pruning)} ${one.optimizer} [${one.shape}] at ${i}: ${error}`);
        }
      }
    });
  }

  it("keeps a pruned weight at 0 in weights and state, whatever its gradient", () => {
    const variable = tf.variable(tf.tensor1d([1, -2, 3, -4]));
    const update = createUpdate(
      tf,
      [{ name: "w", variable, prunable: true }],
      settingsOf({ optimizer: "adam", pruning: { method: "irrelevance", average: 0.5 } }),
    );
    const gradient = tf.tensor1d([5, 6, -7, 8]);
    update.step([gradient], 0.1, 0.01);
    update.setMask("w", Float32Array.of(1, 0, 0, 1));
    for (let i = 0; i < 5; i++) update.step([gradient], 0.1, 0.01);
    const weights = variable.dataSync();
    assert.ok(weights[1] === 0 && weights[2] === 0 && weights[0] !== 0 && weights[3] !== 0);
    for (const [name, state] of update.state) {
      const values = state.dataSync();
      assert.ok(values[1] === 0 && values[2] === 0, name);
      assert.ok(values[0] !== 0, name);
    }
  });

  it("leaves what is not prunable to the base optimizer alone", () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const update = createUpdate(
      tf,
      [{ name: "b", variable, prunable: false }],
      settingsOf({ optimizer: "sgd", pruning: { method: "l2" } }),
    );
    update.step([tf.tensor1d([0, 1])], 0.5, 0.1);
    assert.deepEqual([...variable.dataSync()], [1, 1.5]);
  });

  it("shrinks an irrelevant weight and spares a relevant one", () => {
    const variable = tf.variable(tf.tensor1d([1, 1]));
    const update = createUpdate(
      tf,
      [{ name: "w", variable, prunable: true }],
      settingsOf({ optimizer: "sgd", pruning: { method: "irrelevance", scale: "mean", floor: 0 } }),
    );
    // |G| = (0, 2), mean 1: I = (1, e^-2). With η → 0 only the shrinking is left: 1 − 0.1·I.
    update.step([tf.tensor1d([0, 2])], 1e-12, 0.1);
    const [irrelevant, relevant] = variable.dataSync();
    assert.ok(Math.abs((irrelevant ?? 0) - 0.9) < 1e-6);
    assert.ok(Math.abs((relevant ?? 0) - (1 - 0.1 * Math.exp(-2))) < 1e-6);
  });

  it("makes no new tensors from step to step", () => {
    const variable = tf.variable(tf.randomNormal([20, 10]));
    const update = createUpdate(
      tf,
      [{ name: "w", variable, prunable: true }],
      settingsOf({ optimizer: "adam", pruning: { method: "irrelevance", average: 0.9 } }),
    );
    const gradient = tf.randomNormal([20, 10]);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 50; i++) update.step([gradient], 0.01, 0.01);
    assert.equal(tf.memory().numTensors, before);
  });
});
