/**
 * Time of a step beside PyTorch's, in turns, from the same weights on the same batch:
 *
 *   npm run bench -- speed [CASE … | models | layers] [--repetitions 5] [--beside eager|wasm|none] [--json FILE]
 *   npm run bench -- speed CASE … --profile [--beside wasm]   where the time goes
 *
 * Of three processes two wait while one computes. Both ends' losses over the first steps are compared. PyTorch is installed
 * into Whittle's cache, the first time.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";
import { providePython, TORCH } from "../peer/python.ts";
import { CASES } from "./cases.ts";
import { LAYER_CASES } from "./layerKinds.ts";
import { profile } from "./profile.ts";

const MODELS = ["lenet300", "lenet5", "resnet32", "transformer"];
/** Compared, before anything is timed. */
const CHECKED = 20;
/** Milliseconds of steps in each turn, about. */
const TURN_MS = 400;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repetitions: { type: "string", default: "5" },
    beside: { type: "string", default: "eager" },
    json: { type: "string" },
    profile: { type: "boolean", default: false },
  },
});

interface Answer {
  readonly losses: readonly number[];
  readonly times: readonly number[];
  readonly problems?: readonly string[];
}

/** A process that takes steps when asked. */
class Stepper {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly greeting: { readonly complete?: boolean },
  ) {}

  static async start(program: string, args: readonly string[]): Promise<Stepper> {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], windowsHide: true });
    if (child.stdout === null) throw new Error("the process has no output");
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    return new Stepper(child, lines, JSON.parse(await next(lines, program)));
  }

  async take(pass: string, count: number): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify({ pass, count })}\n`);
    return JSON.parse(await next(this.lines, "the stepper"));
  }

  stop(): void {
    this.child.stdin?.end();
  }
}

async function next(lines: AsyncIterator<string>, what: string): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${what} ended before it answered`);
    // Libraries print what they like.
    if (typeof value === "string" && value.startsWith("{")) return value;
  }
}

interface Row {
  readonly name: string;
  /** Milliseconds a step: medians of the turns. */
  readonly graph: readonly number[];
  readonly eager: readonly number[];
  readonly torch: readonly number[];
  /** Largest relative difference of the losses; undefined where the twin begins with other weights or draws its own numbers. */
  readonly difference: number | undefined;
  readonly problem: string | undefined;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What is timed: a step of training, one that cuts its batch out of a training set, the scores of a split, and those with trial masks. */
const PASSES = ["step", "loop", "evaluate", "probe"] as const;
type Pass = (typeof PASSES)[number];

async function measure(
  name: string,
  repetitions: number,
  python: string,
  beside: string,
  passes: readonly Pass[],
): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "whittle-speed-"));
  const file = join(folder, "start.safetensors");
  const worker = resolve(import.meta.dirname, "worker.ts");
  const whittle = (mode: string, engine: string): Promise<Stepper> =>
    Stepper.start(process.execPath, ["--import=tsx", worker, name, mode, file, engine]);
  const steppers: Stepper[] = [];
  try {
    const graph = await whittle("graph", "native");
    steppers.push(graph);
    const torch = await Stepper.start(python, [resolve(import.meta.dirname, "../peer/speed.py"), name, file]);
    steppers.push(torch);
    const eager = beside === "none" ? undefined : await whittle("eager", beside === "wasm" ? "wasm" : "native");
    if (eager !== undefined) steppers.push(eager);
    const isRandom = LAYER_CASES.some((one) => one.name === name && one.isRandom === true);
    const isComparable = torch.greeting.complete === true && !isRandom;
    // Compared before anything is timed: after that the ends have taken different numbers of steps.
    const checked = new Map<Pass, Pick<Row, "difference" | "problem">>();
    for (const pass of passes.toReversed()) {
      const [own, theirs] = [await graph.take(pass, CHECKED), await torch.take(pass, CHECKED)];
      await eager?.take(pass, 2);
      const differences = own.losses.map((loss, at) => Math.abs(loss / (theirs.losses[at] ?? Number.NaN) - 1));
      const difference = isComparable ? Math.max(...differences) : undefined;
      checked.set(pass, { difference, problem: own.problems?.[0] });
    }
    const rows: Row[] = [];
    for (const pass of passes) {
      const turn = async (stepper: Stepper | undefined, into: number[]): Promise<void> => {
        if (stepper === undefined) return;
        const guess = median((await stepper.take(pass, 3)).times);
        const count = Math.max(3, Math.min(200, Math.round(TURN_MS / guess)));
        into.push(median((await stepper.take(pass, count)).times));
      };
      const times = { graph: [] as number[], eager: [] as number[], torch: [] as number[] };
      for (let repetition = 0; repetition < repetitions; repetition++) {
        await turn(graph, times.graph);
        await turn(torch, times.torch);
        await turn(eager, times.eager);
      }
      const { difference, problem } = checked.get(pass) ?? {};
      rows.push({ name: pass === "step" ? name : `${name}, ${pass}`, ...times, difference, problem });
    }
    return rows;
  } finally {
    for (const stepper of steppers) stepper.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function asTable(rows: readonly Row[]): string {
  const other = values.beside === "wasm" ? "wasm" : "single operations";
  const spread = (times: readonly number[]): string =>
    times.length === 0
      ? ""
      : `${median(times).toFixed(2)} (${Math.min(...times).toFixed(2)}–${Math.max(...times).toFixed(2)})`;
  const ratio = (times: readonly number[], to: readonly number[]): string =>
    times.length === 0 ? "" : (median(times) / median(to)).toFixed(2);
  return [
    `| step | graph ms | ${other} ms | PyTorch ms | graph / PyTorch | ${other} / PyTorch | ${other} / graph | losses differ by |`,
    "| --- | --- | --- | --- | ---: | ---: | ---: | --- |",
    ...rows.map(
      ({ name, graph, eager, torch, difference, problem }) =>
        `| ${name}${problem === undefined ? "" : ` (no graph: ${problem})`} | ${spread(graph)} | ${spread(eager)} | ${spread(torch)} | ${ratio(graph, torch)} | ${ratio(eager, torch)} | ${ratio(eager, graph)} | ${difference?.toExponential(1) ?? "not compared"} |`,
    ),
  ].join("\n");
}

const groups: Readonly<Record<string, readonly string[]>> = {
  models: MODELS,
  layers: LAYER_CASES.map(({ name }) => name),
};
const wanted = (positionals.length === 0 ? ["models"] : positionals).flatMap((name) => groups[name] ?? [name]);
const unknown = wanted.filter((name) => !(name in CASES));
if (unknown.length > 0)
  throw new Error(`There is no case ${unknown.join(", ")}; there are ${Object.keys(CASES).join(", ")}.`);
if (values.profile) {
  for (const name of wanted) await profile(name, values.beside === "wasm" ? "wasm" : "native");
  process.exit();
}
const python = providePython();
const twins: readonly string[] = JSON.parse(
  spawnSync(python, [resolve(import.meta.dirname, "../peer/speed.py"), "list"], { encoding: "utf8" }).stdout,
);
const rows: Row[] = [];
for (const name of wanted.filter((one) => twins.includes(one))) {
  const passes = MODELS.includes(name) ? PASSES : PASSES.slice(0, 1);
  const found = await measure(name, Number(values.repetitions), python, values.beside, passes);
  rows.push(...found);
  console.error(asTable(found).split("\n").slice(2).join("\n"));
}
console.log(asTable(rows));
console.log(
  `\n${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}, PyTorch ${TORCH}, TensorFlow 2.15.1.`,
);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(rows, null, 2));
