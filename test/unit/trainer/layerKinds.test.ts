import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CASES } from "../../../bench/speed/cases.ts";
import { putStart } from "../../../bench/speed/start.ts";
import { createRunner } from "../../../src/engine/graph/runner.ts";
import { inspectNative } from "../../../src/engine/install/cache.ts";
import { type StartedEngine, startEngine } from "../../../src/engine/start.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { wholeBatch } from "../../../src/trainer/batches.ts";
import { createTrainingStep } from "../../../src/trainer/trainingStep.ts";

interface Expected {
  readonly losses: readonly number[];
  /** Sum, sum of |w|, sum of squares, largest |w|: none depends on the order of axes. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

interface Reference {
  readonly steps: number;
  readonly rate: number;
  readonly strength: number;
  readonly floor: number;
  readonly momentum: number;
  readonly cases: Readonly<Record<string, Readonly<Record<"decoupled" | "optimizer", Expected>>>>;
}

/** Made by test/reference/make_layers.py with PyTorch's layers in float64. */
const reference = JSON.parse(
  readFileSync(new URL("../../reference/layers.json", import.meta.url), "utf8"),
) as Reference;

/** A bias before a normalization has a gradient of 0, but for rounding. */
const ROUNDING = 1e-7;

const ENGINES = [
  { name: "wasm", within: 1e-4 },
  ...(inspectNative().kind === "installed" ? [{ name: "native", within: 1e-5 } as const] : []),
] as const;

for (const { name: engineName, within } of ENGINES) {
  describe(`regularized steps of every kind of layer, on ${engineName}`, () => {
    let engine: StartedEngine;
    before(async () => {
      engine = await startEngine(engineName);
    });
    // Other suites of the process take the backend that is there.
    after(() => engine.tf.setBackend("cpu"));

    const run = (name: string, coupling: "decoupled" | "optimizer") => {
      const { tf } = engine;
      const one = CASES[name];
      assert.ok(one !== undefined);
      const { steps, rate, strength, floor, momentum } = reference;
      const settings = resolveSettings(
        { optimizer: { name: "momentum", learningRate: rate, momentum }, pruning: { floor, coupling } },
        {},
      );
      const runner = createRunner(tf, { maker: engine.graphs });
      const network = one.create(engine, runner);
      const update = createUpdate(tf, network.parameters, settings);
      const { x, y } = putStart(tf, network, update, one);
      const step = createTrainingStep(tf, network, update);
      const batch = wholeBatch(
        tf,
        { x: tf.tensor(x, [one.batch, ...one.x.shape]), y: tf.tensor(y, [one.batch], "int32") },
        one.batch,
      );
      const losses = Array.from({ length: steps }, (_, at) =>
        step.run({ batches: [batch], learningRate: rate, strength, seed: [0, at] }),
      );
      const tensors = network.parameters.map(({ name: tensor, variable }) => ({
        tensor,
        values: Float64Array.from(variable.dataSync()),
      }));
      batch.dispose();
      update.dispose();
      runner.dispose();
      network.dispose();
      return { losses, tensors };
    };

    for (const [name, expected] of Object.entries(reference.cases)) {
      it(`of ${name} agree with PyTorch's in both couplings`, () => {
        for (const coupling of ["decoupled", "optimizer"] as const) {
          const { losses, tensors } = run(name, coupling);
          for (const [at, loss] of losses.entries()) {
            const wanted = expected[coupling].losses[at] ?? Number.NaN;
            assert.ok(Math.abs(loss - wanted) <= within * wanted, `${coupling}, step ${at}: ${loss}, not ${wanted}`);
          }
          assert.deepEqual(tensors.map(({ tensor }) => tensor).sort(), Object.keys(expected[coupling].tensors).sort());
          for (const { tensor, values } of tensors) {
            const [sum = 0, absolute = 0, squares = 0, largest = 0] = expected[coupling].tensors[tensor] ?? [];
            const found = values.reduce(
              (all, value) => ({
                sum: all.sum + value,
                absolute: all.absolute + Math.abs(value),
                squares: all.squares + value * value,
                largest: Math.max(all.largest, Math.abs(value)),
              }),
              { sum: 0, absolute: 0, squares: 0, largest: 0 },
            );
            const near = (value: number, wanted: number, scale: number): void => {
              assert.ok(
                Math.abs(value - wanted) <= within * scale + ROUNDING,
                `${coupling}, ${tensor}: ${value}, not ${wanted}`,
              );
            };
            near(found.sum, sum, absolute);
            near(found.absolute, absolute, absolute);
            near(found.squares, squares, 2 * squares);
            near(found.largest, largest, largest);
          }
        }
      });
    }
  });
}
