/**
 * What an exported model costs where it is used, before and after pruning: size of the file in every form, and the time that a
 * batch takes in onnxruntime and in TensorFlow.js, one thread each:
 *
 *   npm run bench -- export [--run ID --dense ID] [--engine native] [--seed 0]
 *
 * Without runs, LeNet-5 is trained twice on the embedded digits: dense, and by whole units to 97 %, whatever that costs.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type * as Tf from "@tensorflow/tfjs";
import { InferenceSession, env as ort, Tensor } from "onnxruntime-node";
import { loadEngine } from "../src/engine/load.ts";
import type { EngineName } from "../src/engine/types.ts";
import { readModelJson } from "../src/models/loadModelJson.ts";
import { asBytes, asCount, asFigure, asPercent } from "../src/protocol/figures.ts";
import { EXTENSIONS, MODEL_FORMATS, writtenSchema } from "../src/protocol/modelExport.ts";
import { resultSchema } from "../src/protocol/run.ts";
import { runCli } from "./runCli.ts";

const LENET5 = "examples/lenet5.model.ts";
const TO_97 = [
  "pruning.granularity=unit",
  // Of each layer alike: with one threshold for all, most filters of the first one stay, which take most of the time then.
  "pruning.threshold=layer",
  "pruning.schedule=cubic",
  "pruning.targetSparsity=0.97",
  "pruning.ramp=0.8",
  "pruning.maxEpochs=15",
  "pruning.bound.maxDrop=100",
];
const BATCHES = [1, 100];
const [WARM_UP, ROUNDS] = [10, 60];

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    run: { type: "string" },
    dense: { type: "string" },
    "runs-dir": { type: "string" },
    engine: { type: "string", default: "native" },
    seed: { type: "string", default: "0" },
  },
});
const scratch = mkdtempSync(join(tmpdir(), "whittle-export-"));
const runs = values["runs-dir"] ?? (values.run === undefined ? join(scratch, "runs") : resolve(".whittle", "runs"));

const whittle = (...args: readonly string[]): Promise<unknown> => runCli([...args, "--runs-dir", runs]);

/** @returns the run's id */
async function train(...settings: readonly string[]): Promise<string> {
  const given = settings.flatMap((setting) => ["--set", setting]);
  const args = ["run", LENET5, "--engine", values.engine, "--seed", values.seed, ...given];
  const { id, sparsity, test, seconds } = resultSchema.parse(await whittle(...args));
  console.log(
    `${id}: ${asPercent(sparsity, 2)} sparse, test accuracy ${asPercent(test.metric, 2)}, ${asFigure(seconds)} s`,
  );
  return id;
}

interface Exported {
  readonly folder: string;
  readonly weights: number;
  readonly bytes: Readonly<Record<string, number>>;
}

async function exportAll(id: string): Promise<Exported> {
  const folder = mkdtempSync(join(scratch, "forms-"));
  const bytes: Record<string, number> = {};
  let weights = 0;
  for (const format of MODEL_FORMATS) {
    const out = join(folder, `${format}${EXTENSIONS[format] ?? ""}`);
    const written = writtenSchema.parse(await whittle("export", id, "--to", format, "--out", out));
    bytes[format] = sizeOf(out);
    weights = written.parameters.compact;
  }
  return { folder, weights, bytes };
}

function sizeOf(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** Milliseconds. */
interface Times {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** In turns, so that what else the machine does meets them alike. */
async function timeInTurns(programs: readonly (() => unknown)[]): Promise<readonly Times[]> {
  const times = programs.map(() => [] as number[]);
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [index, program] of programs.entries()) {
      const start = performance.now();
      await program();
      if (round >= WARM_UP) times[index]?.push(performance.now() - start);
    }
  }
  return times.map((each) => {
    const sorted = each.toSorted((a, b) => a - b);
    const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;
    return { median: at(0.5), low: at(0.1), high: at(0.9) };
  });
}

type Program = (batch: number) => () => unknown;

async function byOnnxruntime(folder: string): Promise<Program> {
  const session = await InferenceSession.create(join(folder, "onnx.onnx"), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const [input] = session.inputMetadata;
  if (input?.isTensor !== true) throw new Error("the model has an input that is a tensor");
  const example = input.shape.slice(1).map(Number);
  return (batch) => {
    const shape = [batch, ...example];
    const x = new Tensor("float32", drawValues(shape), shape);
    return () => session.run({ [input.name]: x });
  };
}

async function byTfjs(name: EngineName, folders: readonly string[]): Promise<readonly Program[]> {
  const { tf } = await loadEngine(name);
  const models = await Promise.all(
    folders.map(async (folder) => (await readModelJson(tf, join(folder, "tfjs", "model.json"))).build()),
  );
  return models.map((model) => (batch) => {
    const [input] = model.inputs;
    const shape = [batch, ...(input?.shape.slice(1).map(Number) ?? [])];
    const x = tf.tensor(drawValues(shape), shape);
    return () => tf.tidy(() => (model.predictOnBatch(x) as Tf.Tensor).dataSync());
  });
}

function drawValues(shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: count }, (_, at) => (at % 7) / 7);
}

async function tellTimes(what: string, programs: readonly Program[]): Promise<void> {
  for (const batch of BATCHES) {
    const [dense, compact] = await timeInTurns(programs.map((program) => program(batch)));
    if (dense === undefined || compact === undefined) throw new Error("two programs have two times");
    const cells = [what, batch, ...[dense, compact].map(showTimes), (dense.median / compact.median).toFixed(1)];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

const showTimes = ({ median, low, high }: Times): string =>
  `${asFigure(median)} (${asFigure(low)}–${asFigure(high)}) ms`;

try {
  const ids = [values.dense ?? (await train("pruning.maxEpochs=0")), values.run ?? (await train(...TO_97))];
  const [dense, compact] = [await exportAll(ids[0] ?? ""), await exportAll(ids[1] ?? "")];
  console.log(`\n| | dense | compact | dense / compact |\n| --- | ---: | ---: | ---: |`);
  console.log(
    `| weights | ${asCount(dense.weights)} | ${asCount(compact.weights)} | ${(dense.weights / compact.weights).toFixed(1)} |`,
  );
  for (const format of MODEL_FORMATS) {
    const [before = 0, after = 0] = [dense.bytes[format], compact.bytes[format]];
    console.log(`| ${format} | ${asBytes(before)} | ${asBytes(after)} | ${(before / after).toFixed(1)} |`);
  }
  console.log("\n| reader | batch | dense | compact | dense / compact |\n| --- | ---: | --- | --- | ---: |");
  const folders = [dense.folder, compact.folder];
  // Before this process loads libtensorflow, and after others have trained with as many as there are.
  process.env["TF_NUM_INTRAOP_THREADS"] = "1";
  process.env["TF_NUM_INTEROP_THREADS"] = "1";
  await tellTimes(`onnxruntime-node ${ort.versions.node}`, await Promise.all(folders.map(byOnnxruntime)));
  for (const name of ["native", "wasm"] as const)
    await tellTimes(`TensorFlow.js, ${name}`, await byTfjs(name, folders));
} finally {
  rmSync(scratch, { recursive: true });
}
process.exit(0);
