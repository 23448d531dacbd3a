/**
 * Where a step's time goes: `npm run bench -- speed CASE … --profile [--beside wasm]`. Operation by operation, by TensorFlow's
 * own (native) or by kernel (wasm), since nothing shows what is inside a graph; beside it the graph's one call.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { NodeBackend } from "../../src/engine/graph/backend.ts";
import { createRunner } from "../../src/engine/graph/runner.ts";
import { type StartedEngine, startEngine } from "../../src/engine/start.ts";
import { resolveSettings } from "../../src/models/settings.ts";
import { createUpdate } from "../../src/pruning/update.ts";
import { createTrainingStep } from "../../src/trainer/trainingStep.ts";
import { CASES, makeTrainingSet } from "./cases.ts";

const STEPS = 20;
/** In the training set. */
const BATCHES = 4;
/** Before anything is counted. */
const WARM_UP = 5;

interface Spent {
  readonly calls: number;
  readonly ms: number;
}

type Tally = Map<string, Spent>;

/** Of each call what is not spent in calls that it makes. */
class Clock {
  readonly tally: Tally = new Map();
  private inner = 0;

  time<T>(name: string, run: () => T): T {
    const outer = this.inner;
    this.inner = 0;
    const start = performance.now();
    try {
      return run();
    } finally {
      const all = performance.now() - start;
      const { calls, ms } = this.tally.get(name) ?? { calls: 0, ms: 0 };
      this.tally.set(name, { calls: calls + 1, ms: ms + all - this.inner });
      this.inner = outer + all;
    }
  }
}

function watchNative(backend: NodeBackend, clock: Clock): void {
  const { binding } = backend;
  const watched: Readonly<Record<string, unknown>> = {
    executeOp: (...args: Parameters<typeof binding.executeOp>) => clock.time(args[0], () => binding.executeOp(...args)),
    createTensor: (...args: Parameters<typeof binding.createTensor>) =>
      clock.time("(tensor of numbers)", () => binding.createTensor(...args)),
    tensorDataSync: (id: number) => clock.time("(numbers of a tensor)", () => binding.tensorDataSync(id)),
    runSavedModel: (...args: Parameters<typeof binding.runSavedModel>) =>
      clock.time("(the graph)", () => binding.runSavedModel(...args)),
  };
  backend.binding = new Proxy({} as typeof binding, {
    get: (_target, key) => {
      const value = watched[String(key)] ?? Reflect.get(binding, key);
      return typeof value === "function" ? value.bind(binding) : value;
    },
  });
}

function watchKernels(tf: typeof Tf, clock: Clock): void {
  const backendName = tf.getBackend();
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => clock.time(kernelName, () => kernelFunc(call)),
    });
  }
}

/** Prints two tables, or one where the engine has no graphs. */
export async function profile(name: string, engineName: "native" | "wasm"): Promise<void> {
  const engine = await startEngine(engineName);
  const clock = new Clock();
  if (engineName === "native") watchNative(engine.tf.backend() as unknown as NodeBackend, clock);
  else watchKernels(engine.tf, clock);
  for (const mode of engine.graphs === undefined ? ["operations"] : ["operations", "graph"]) {
    const ms = takeSteps(engine, name, mode === "graph", clock);
    console.log(`\n${name}, ${engineName}, ${mode === "graph" ? "as a graph" : "operation by operation"}\n`);
    print(clock.tally, ms);
  }
}

/** @returns milliseconds a step */
function takeSteps(engine: StartedEngine, name: string, isGraph: boolean, clock: Clock): number {
  const one = CASES[name];
  if (one === undefined) throw new Error(`there is no case ${name}`);
  const { tf } = engine;
  const runner = createRunner(tf, { maker: isGraph ? engine.graphs : undefined });
  const network = one.create(engine, runner);
  const update = createUpdate(tf, network.parameters, resolveSettings(one.settings, {}));
  const step = createTrainingStep(tf, network, update);
  const { data, order } = makeTrainingSet(one, BATCHES);
  const strength = one.settings.pruning?.lambda ?? 0;
  let start = 0;
  for (let taken = 0; taken < WARM_UP + STEPS; taken++) {
    if (taken === WARM_UP) {
      clock.tally.clear();
      start = performance.now();
    }
    const from = (taken % BATCHES) * one.batch;
    const batch = network.batches.training(data, order, from, from + one.batch);
    step.run({ batches: [batch], learningRate: one.learningRate, strength, seed: [0, taken] });
    batch.dispose();
  }
  const ms = (performance.now() - start) / STEPS;
  update.dispose();
  runner.dispose();
  network.dispose();
  return ms;
}

function print(tally: Tally, step: number): void {
  const rows = [...tally]
    .map(([name, { calls, ms }]) => ({ name, calls: calls / STEPS, ms: ms / STEPS }))
    .sort((a, b) => b.ms - a.ms);
  const rest = rows.reduce((left, { ms }) => left - ms, step);
  const calls = rows.reduce((all, row) => all + row.calls, 0);
  const line = (name: string, count: string, ms: number) =>
    console.log(`| ${name} | ${count} | ${ms.toFixed(3)} | ${((100 * ms) / step).toFixed(1)} |`);
  console.log("| operation | calls a step | ms a step | % |\n| --- | ---: | ---: | ---: |");
  line("all", calls.toFixed(0), step);
  line("JavaScript", "", rest);
  for (const { name, calls: count, ms } of rows.filter((row) => row.ms >= 0.005 * step))
    line(name, count.toFixed(1), ms);
}
