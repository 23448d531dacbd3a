import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { METHOD_NAMES, type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import { createUpdate, type Parameter } from "../../../src/pruning/update.ts";
import { applyStep } from "./applyStep.ts";

interface Case {
  readonly optimizer: "sgd" | "momentum" | "adam" | "rmsprop";
  readonly pruning: NonNullable<SettingsInput["pruning"]>;
  readonly dead: number[];
  readonly tensors: {
    readonly name: string;
    readonly shape: number[];
    readonly groups: number[];
    readonly weights: number[];
    readonly gradients: number[][];
    readonly expected: number[];
  }[];
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

/** Made by test/reference/make_unit_update.py with torch.optim in float64. */
const reference = JSON.parse(
  readFileSync(new URL("../../reference/unit_update.json", import.meta.url), "utf8"),
) as Reference;

function settingsOf(one: Pick<Case, "optimizer" | "pruning">) {
  const { momentum, decay, epsilon } = reference;
  return settingsSchema.parse({ optimizer: { name: one.optimizer, momentum, decay, epsilon }, pruning: one.pruning });
}

function runCase(one: Case): Float32Array[] {
  const parameters = one.tensors.map(({ name, shape, weights, groups }): Parameter => {
    return { name, variable: tf.variable(tf.tensor(weights, shape)), prunable: true, groups: Int32Array.from(groups) };
  });
  const update = createUpdate(tf, parameters, settingsOf(one));
  for (const { name, groups } of one.tensors) {
    const mask = Float32Array.from(groups, (group) => (one.dead.includes(group) ? 0 : 1));
    if (one.dead.length > 0) update.setMask(name, mask);
  }
  const strength = one.pruning.coupling === "optimizer" ? reference.gamma : reference.lambda;
  const steps = one.tensors[0]?.gradients.length ?? 0;
  for (let at = 0; at < steps; at++) {
    const gradients = one.tensors.map((tensor) => tf.tensor(tensor.gradients[at] ?? [], tensor.shape));
    applyStep(update, gradients, reference.rate, strength);
    tf.dispose(gradients);
  }
  const results = parameters.map(({ variable }) => Float32Array.from(variable.dataSync()));
  update.dispose();
  tf.dispose(parameters.map(({ variable }) => variable));
  return results;
}

describe("regularized update by groups of weights", () => {
  before(() => tf.setBackend("cpu"));

  const pairs = METHOD_NAMES.flatMap((method) =>
    (["decoupled", "optimizer"] as const).map((coupling) => ({ method, coupling })),
  );
  for (const { method, coupling } of pairs) {
    it(`${method}, ${coupling}, agrees with torch.optim within 1e-6 on groups in one tensor and in several`, () => {
      const cases = reference.cases.filter(({ pruning }) => pruning.method === method && pruning.coupling === coupling);
      assert.ok(cases.length >= 3);
      for (const one of cases) {
        const results = runCase(one);
        for (const [index, { name, expected }] of one.tensors.entries()) {
          const mean = expected.reduce((sum, value) => sum + Math.abs(value), 0) / expected.length;
          for (const [at, value] of expected.entries()) {
            const error = Math.abs((results[index]?.[at] ?? Number.NaN) - value) / Math.max(Math.abs(value), mean);
            assert.ok(error < 1e-6, `${JSON.stringify(one.pruning)} ${one.optimizer} ${name} at ${at}: ${error}`);
          }
        }
      }
    });
  }

  it("covers masked groups and whole ones with each method", () => {
    for (const method of METHOD_NAMES) {
      const of = reference.cases.filter(({ pruning }) => pruning.method === method);
      assert.deepEqual(new Set(of.map(({ dead }) => dead.length > 0)), new Set([true, false]), method);
    }
  });

  it("is the update by weights where each weight is a group of its own", () => {
    // None so small that its square is 0.
    const finite = fc.integer({ min: -192, max: 192 }).map((value) => value / 64);
    const anyCase = fc.record({
      weights: fc.array(finite, { minLength: 2, maxLength: 12 }),
      gradients: fc.array(fc.array(finite, { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
      method: fc.constantFrom(...METHOD_NAMES),
      coupling: fc.constantFrom("decoupled", "optimizer"),
      scale: fc.constantFrom("mean", "max", "alpha"),
    } as const);
    fc.assert(
      fc.property(anyCase, ({ weights, gradients, ...pruning }) => {
        const train = (groups: Int32Array | undefined): Float32Array => {
          const variable = tf.variable(tf.tensor1d(weights));
          const parameter = { name: "w", variable, prunable: true, groups };
          const update = createUpdate(tf, [parameter], settingsOf({ optimizer: "momentum", pruning }));
          update.setMask(
            "w",
            Float32Array.from(weights, (_, at) => (at === 0 ? 0 : 1)),
          );
          for (const one of gradients) {
            tf.tidy(() => applyStep(update, [tf.tensor1d(one.slice(0, weights.length))], 0.05, 0.02));
          }
          const end = Float32Array.from(variable.dataSync());
          update.dispose();
          variable.dispose();
          return end;
        };
        const own = train(Int32Array.from(weights, (_, at) => weights.length - at));
        for (const [at, expected] of train(undefined).entries()) {
          const error = Math.abs((own[at] ?? Number.NaN) - expected);
          assert.ok(error <= 2e-6 * Math.max(1, Math.abs(expected)), `${JSON.stringify(pruning)} at ${at}: ${error}`);
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it("says of every weight the irrelevance of its group, and 0 where it has none", () => {
    const variable = tf.variable(tf.tensor2d([1, 1, 1, 1, 1, 1], [2, 3]));
    const parameter = { name: "w", variable, prunable: true, groups: Int32Array.of(4, -1, 2, 4, -1, 2) };
    const pruning = { method: "irrelevance", scale: "mean", floor: 0 } as const;
    const update = createUpdate(tf, [parameter], settingsOf({ optimizer: "sgd", pruning }));
    // Root mean squares of the columns: 5, and 1; their mean is 3.
    const gradient = tf.tensor2d([1, 9, 1, 7, 9, 1], [2, 3]);
    const [a, b] = [Math.exp(-5 / 3), Math.exp(-1 / 3)];
    const found = [...(update.irrelevance([gradient]).get("w") ?? [])];
    for (const [at, expected] of [a, 0, b, a, 0, b].entries()) {
      assert.ok(Math.abs((found[at] ?? Number.NaN) - expected) < 1e-6, `${at}: ${found[at]}`);
    }
  });

  it("makes no new tensors from step to step", () => {
    const kernel = tf.variable(tf.randomNormal([20, 10]));
    const bias = tf.variable(tf.randomNormal([10]));
    const columns = Int32Array.from({ length: 10 }, (_, unit) => unit - 1);
    const parameters = [
      {
        name: "kernel",
        variable: kernel,
        prunable: true,
        groups: Int32Array.from({ length: 200 }, (_, at) => columns[at % 10] ?? -1),
      },
      { name: "bias", variable: bias, prunable: true, groups: columns },
    ];
    const update = createUpdate(
      tf,
      parameters,
      settingsOf({ optimizer: "adam", pruning: { method: "irrelevance", average: 0.9 } }),
    );
    const gradients = [tf.randomNormal([20, 10]), tf.randomNormal([10])];
    const before = tf.memory().numTensors;
    for (let at = 0; at < 20; at++) applyStep(update, gradients, 0.01, 0.01);
    assert.equal(tf.memory().numTensors, before);
  });
});
