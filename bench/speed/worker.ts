/**
 * Takes steps on request, a line of JSON each way: `tsx bench/speed/worker.ts CASE graph|eager FILE`. Writes where it begins
 * (weights, masks, batch) to FILE, for the twin.
 */
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { DataSet } from "../../src/data/types.ts";
import { createRunner } from "../../src/engine/graph/runner.ts";
import { startEngine } from "../../src/engine/start.ts";
import { resolveSettings } from "../../src/models/settings.ts";
import { createUpdate } from "../../src/pruning/update.ts";
import { encodeSafetensors } from "../../src/runs/checkpoint/safetensors.ts";
import { type Batch, wholeBatch } from "../../src/trainer/batches.ts";
import { createTrainingStep } from "../../src/trainer/trainingStep.ts";
import { CASES, makeTrainingSet } from "./cases.ts";
import { putStart } from "./start.ts";

const [name = "", mode = "graph", file = "", engineName = "native"] = process.argv.slice(2);
const one = CASES[name];
if (one === undefined) throw new Error(`there is no case ${name}`);

const engine = await startEngine(engineName === "wasm" ? "wasm" : "native");
const { tf } = engine;
const problems: string[] = [];
const runner = createRunner(tf, {
  maker: mode === "graph" ? engine.graphs : undefined,
  onVerdict: ({ problem }) => problems.push(...(problem === undefined ? [] : [problem])),
});
const network = one.create(engine, runner);
const update = createUpdate(tf, network.parameters, resolveSettings(one.settings, {}));
const { tensors, x, y } = putStart(tf, network, update, one);
const xShape = [one.batch, ...one.x.shape];
/** A training set of so many batches, in the order of its steps, for steps that cut their batch themselves. */
const BATCHES = 40;
const { data: trainingData, order } = makeTrainingSet(one, BATCHES);
const table = trainingData.train;
tensors.push({ name: "table.x", shape: [table.count, ...one.x.shape], values: Float32Array.from(table.x) });
tensors.push({ name: "table.y", shape: [table.count, ...one.y.shape], values: Float32Array.from(table.y) });
tensors.push({ name: "table.order", shape: [table.count], values: Float32Array.from(order) });
if (file !== "") {
  const stored = new Map(tensors.map(({ name: key, shape, values }) => [key, { shape, values }]));
  writeFileSync(file, Buffer.concat([...encodeSafetensors({ metadata: {}, tensors: stored })]));
}
const batch = wholeBatch(
  tf,
  { x: tf.tensor(x, xShape), y: tf.tensor(y, [one.batch, ...one.y.shape], "int32") },
  one.batch,
);
const step = createTrainingStep(tf, network, update);
let taken = 0;
/** Scored: the batch, some times over. */
const COPIES = 8;
const repeat = <T extends Float32Array | Int32Array>(values: T): T => {
  const all = values.constructor as unknown as new (length: number) => T;
  const repeated = new all(values.length * COPIES);
  for (let copy = 0; copy < COPIES; copy++) repeated.set(values, copy * values.length);
  return repeated;
};
const split = { count: COPIES * one.batch, x: repeat(x), y: repeat(y) };
const data: DataSet = {
  ...{ spec: "", sha256: "", scale: 1, offset: 0, xShape: one.x.shape, yShape: one.y.shape },
  ...{ train: split, validation: split, test: split },
};
const trialMasks = new Map(
  network.parameters
    .filter(({ prunable }) => prunable)
    .map(({ name: weight, variable }) => [
      weight,
      Float32Array.from({ length: variable.size }, (_, at) => (at % 4 === 0 ? 0 : 1)),
    ]),
);
const strength = one.settings.pruning?.lambda ?? 0;
const takeStep = (of: Batch): number =>
  step.run({ batches: [of], learningRate: one.learningRate, strength, seed: [0, taken++] });
let looped = 0;
const passes: Readonly<Record<string, () => number>> = {
  step: () => takeStep(batch),
  loop: () => {
    const from = (looped++ % BATCHES) * one.batch;
    const cut = network.batches.training(trainingData, order, from, from + one.batch);
    const loss = takeStep(cut);
    cut.dispose();
    return loss;
  },
  evaluate: () => network.evaluate(data, data.validation).loss,
  probe: () => network.evaluateMasked(data, data.validation, trialMasks).loss,
};

const answer = (value: object): void => console.log(JSON.stringify(value));
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { pass, count } = JSON.parse(line) as { pass: string; count: number };
  const run = passes[pass];
  if (run === undefined) throw new Error(`there is no pass ${pass}`);
  const losses: number[] = [];
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    losses.push(run());
    times.push(performance.now() - start);
  }
  answer({ losses, times, problems: problems.splice(0) });
}
