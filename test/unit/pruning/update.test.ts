import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { METHOD_NAMES, type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { applyStep } from "./applyStep.ts";

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
  readonly gamma: number;
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
    applyStep(
      update,
      [gradient],
      reference.rate,
      one.pruning.coupling === "optimizer" ? reference.gamma : reference.lambda,
    );
    gradient.dispose();
  }
  const result = Float32Array.from(variable.dataSync());
  update.dispose();
  variable.dispose();
  return result;
}

describe("regularized update", () => {
  before(() => tf.setBackend("cpu"));

  const pairs = METHOD_NAMES.flatMap((method) =>
    (["decoupled", "optimizer"] as const).map((coupling) => ({ method, coupling })),
  );
  for (const { method, coupling } of pairs) {
    it(`${method}, ${coupling}, agrees with torch.optim within 1e-6 on tensors of rank 1 to 5`, () => {
      const cases = reference.cases.filter(({ pruning }) => pruning.method === method && pruning.coupling === coupling);
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

  it("is the same through plain SGD as decoupled, with λ = 2γη", () => {
    const finite = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
    const anyCase = fc.record({
      weights: fc.array(finite(3), { minLength: 1, maxLength: 12 }),
      gradients: fc.array(fc.array(finite(2), { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      method: fc.constantFrom("irrelevance", "l2", "lobster", "none"),
      signal: fc.constantFrom("gradient", "weightGradient", "movement", "snr"),
      scale: fc.constantFrom("mean", "max", "alpha"),
      rate: fc.double({ min: 1e-3, max: 0.5, noNaN: true }),
      gamma: fc.double({ min: 0, max: 0.5, noNaN: true }),
    } as const);
    fc.assert(
      fc.property(anyCase, ({ weights, gradients, method, signal, scale, rate, gamma }) => {
        const train = (coupling: "optimizer" | "decoupled", strength: number): Float32Array => {
          const variable = tf.variable(tf.tensor1d(weights));
          const pruning = { method, signal, scale, coupling, average: 0.5 } as const;
          const parameter = { name: "w", variable, prunable: true };
          const update = createUpdate(tf, [parameter], settingsOf({ optimizer: "sgd", pruning }));
          if (weights.length > 1)
            update.setMask(
              "w",
              Float32Array.from(weights, (_, i) => (i === 0 ? 0 : 1)),
            );
          for (const one of gradients) {
            tf.tidy(() => applyStep(update, [tf.tensor1d(one.slice(0, weights.length))], rate, strength));
          }
          const end = Float32Array.from(variable.dataSync());
          update.dispose();
          variable.dispose();
          return end;
        };
        const coupled = train("optimizer", gamma);
        for (const [i, decoupled] of train("decoupled", 2 * gamma * rate).entries()) {
          const error = Math.abs((coupled[i] ?? Number.NaN) - decoupled);
          assert.ok(error <= 1e-6 * Math.max(1, Math.abs(decoupled)), `${method} ${signal} ${scale} at ${i}: ${error}`);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("reads importance from |W|, or from |W|·√(mean of G²) with running means", () => {
    const importanceBy = (criterion: "magnitude" | "fisher"): number[] => {
      const variable = tf.variable(tf.tensor1d([3, -1]));
      const pruning = { method: "none", criterion, average: 0.5 } as const;
      const update = createUpdate(
        tf,
        [{ name: "w", variable, prunable: true }],
        settingsOf({ optimizer: "sgd", pruning }),
      );
      for (const g of [1, 5]) tf.tidy(() => applyStep(update, [tf.tensor1d([g / 10, g])], 1e-12, 0));
      return [...(update.importance().get("w") ?? [])];
    };
    assert.deepEqual(importanceBy("magnitude"), [3, 1]);
    // Mean of G² = (0.25·1 + 0.5·25) / 0.75 = 17, and a hundredth of it.
    const [small, large] = importanceBy("fisher");
    assert.ok(Math.abs((small ?? 0) - 3 * Math.sqrt(0.17)) < 1e-6);
    assert.ok(Math.abs((large ?? 0) - Math.sqrt(17)) < 1e-6);
  });

  it("keeps a pruned weight at 0 in weights and state, whatever its gradient", () => {
    const variable = tf.variable(tf.tensor1d([1, -2, 3, -4]));
    const update = createUpdate(
      tf,
      [{ name: "w", variable, prunable: true }],
      settingsOf({ optimizer: "adam", pruning: { method: "irrelevance", average: 0.5 } }),
    );
    const gradient = tf.tensor1d([5, 6, -7, 8]);
    applyStep(update, [gradient], 0.1, 0.01);
    update.setMask("w", Float32Array.of(1, 0, 0, 1));
    for (let i = 0; i < 5; i++) applyStep(update, [gradient], 0.1, 0.01);
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
    applyStep(update, [tf.tensor1d([0, 1])], 0.5, 0.1);
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
    applyStep(update, [tf.tensor1d([0, 2])], 1e-12, 0.1);
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
    for (let i = 0; i < 50; i++) applyStep(update, [gradient], 0.01, 0.01);
    assert.equal(tf.memory().numTensors, before);
  });

  it("shortens gradients to the largest norm that is set, all by one factor, pruned weights left out", () => {
    const settings = settingsSchema.parse({ optimizer: { name: "sgd", clipNorm: 5 } });
    const stepOf = (one: number[], other: number[], mask?: number[]) => {
      const [a, b] = [tf.variable(tf.zeros([one.length])), tf.variable(tf.zeros([other.length]))];
      const parameters = [
        { name: "a", variable: a, prunable: true },
        { name: "b", variable: b, prunable: false },
      ];
      const update = createUpdate(tf, parameters, settings);
      if (mask !== undefined) update.setMask("a", Float32Array.from(mask));
      const gradients = [tf.tensor1d(one), tf.tensor1d(other)];
      applyStep(update, gradients, 1, null);
      const moved = [...a.dataSync(), ...b.dataSync()].map((value) => Math.round(value * 1e4) / 1e4 + 0);
      tf.dispose([a, b, ...gradients]);
      update.dispose();
      return moved;
    };
    // Norm 13, shortened by 5/13.
    assert.deepEqual(stepOf([3, 4], [12]), [-1.1538, -1.5385, -4.6154]);
    assert.deepEqual(stepOf([1, 2], [2]), [-1, -2, -2], "short ones stay as they are");
    // Norm 5 without the pruned 400.
    assert.deepEqual(stepOf([3, 400], [4], [1, 0]), [-3, 0, -4]);
  });
});
