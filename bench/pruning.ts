/**
 * Runs a benchmark through the command line, as a user would, and prints a Markdown table with mean ± standard deviation
 * over seeds:
 *
 *   npm run bench -- lenet300 --data idx:DIR [--seeds 0,1,2] [--jobs 1] [--engine native] [--runs-dir DIR] [--results FILE]
 *
 * Finished runs in --runs-dir are taken as they are, and others resumed, so an interrupted benchmark goes on where it was.
 * With --results each method's errors are added to a file that bench/study/study.py makes tables and a picture of.
 */
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { RunResult } from "../src/protocol/run.ts";
import { BENCHMARKS, type Benchmark, type Measure, type Variant } from "./experiments.ts";
import { meanAndDeviation } from "./statistics.ts";
import { appendStudyRecord, type Row } from "./studyRecord.ts";
import { trainOnce } from "./trainOnce.ts";

interface Options {
  readonly data: string;
  readonly engine: string;
  readonly runsDir: string;
  readonly jobs: number;
  readonly results: string | undefined;
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: "string" },
      seeds: { type: "string", default: "0,1,2" },
      jobs: { type: "string", default: "1" },
      engine: { type: "string", default: "native" },
      "runs-dir": { type: "string", default: ".whittle/bench" },
      results: { type: "string" },
    },
  });
  const benchmark = BENCHMARKS[positionals[0] ?? ""];
  if (benchmark === undefined || values.data === undefined) {
    console.error(
      `Usage: npm run bench -- speed|memory|stream|checkpoints|compaction|export|translation|editor …, or ${Object.keys(BENCHMARKS).join("|")} --data idx:DIR [--seeds 0,1,2] [--jobs N] [--results FILE]`,
    );
    process.exit(2);
  }
  const options: Options = {
    data: values.data,
    engine: values.engine,
    runsDir: resolve(values["runs-dir"]),
    jobs: Number(values.jobs),
    results: values.results,
  };
  return { benchmark, seeds: values.seeds.split(",").map(Number), options };
}

/** At most `jobs` at once; with several, each is bound to its share of the cores, so that times mean something. */
async function runAll<T>(jobs: number, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    while (next < tasks.length) {
      const at = next++;
      const task = tasks[at];
      if (task !== undefined) results[at] = await task();
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results;
}

async function runOnce(benchmark: Benchmark, variant: Variant, seed: number, options: Options): Promise<RunResult> {
  const { dense } = benchmark;
  const from = dense && (await train(benchmark, dense, seed, options)).id;
  const result = await train(benchmark, [...benchmark.settings, ...variant.settings], seed, options, from);
  console.error(
    `${variant.name} ${variant.settings.join(" ")} seed ${seed}: ${describe([result], benchmark.measure ?? ERROR)}`,
  );
  return result;
}

/** @param from the run it goes on from */
async function train(
  { model }: Benchmark,
  settings: readonly string[],
  seed: number,
  options: Options,
  from?: string,
): Promise<RunResult> {
  const start = from === undefined ? [] : ["--from", from];
  const key = [model, settings, seed, options.data, options.engine, ...start];
  const args = ["run", model, "--data", options.data, "--seed", String(seed), "--engine", options.engine, ...start];
  args.push(...settings.flatMap((setting) => ["--set", setting]));
  const threads = String(Math.max(1, Math.floor(cpus().length / options.jobs)));
  const env =
    options.jobs === 1 ? process.env : { ...process.env, TF_NUM_INTRAOP_THREADS: threads, OMP_NUM_THREADS: threads };
  return trainOnce(options.runsDir, args, key, env);
}

const ERROR: Measure = { unit: "error %", digits: 2, of: (metric) => (1 - metric) * 100 };

/** More sparsity is better; between equally sparse runs (to 0.1 point) the smaller validation error. Never the test split. */
function validationRank({ sparsity, validation }: RunResult, { of }: Measure): number {
  return Math.round(sparsity * 1000) * 1000 - of(validation.metric);
}

function describe(results: readonly RunResult[], { of, digits }: Measure): string {
  const column = (pick: (result: RunResult) => number, digits: number) => meanAndDeviation(results.map(pick), digits);
  return [
    column((result) => result.sparsity * 100, 2),
    column((result) => of(result.validation.metric), digits),
    column((result) => of(result.test.metric), digits),
    column((result) => of(result.referenceTest.metric), digits),
    column((result) => result.epochs, 0),
    column((result) => result.seconds / 60, 1),
  ].join(" | ");
}

function printTable(rows: readonly Row[], measure: Measure): void {
  const scores = ["validation", "test", "dense test"].map((split) => `${split} ${measure.unit}`);
  const columns = ["method", "own settings", "sparsity %", ...scores, "epochs", "minutes"];
  console.log(`| ${columns.join(" | ")} |\n| ${columns.map(() => "---").join(" | ")} |`);
  for (const { variant, results } of rows) {
    console.log(`| ${variant.name} | ${variant.settings.join(" ")} | ${describe(results, measure)} |`);
  }
}

async function main(): Promise<void> {
  const { benchmark, seeds, options } = readOptions();
  const { measure = ERROR } = benchmark;
  const [first = 0] = seeds;
  const runAlone = (variant: Variant) => async () => ({
    variant,
    results: [await runOnce(benchmark, variant, first, options)],
  });
  // Before several variants ask for it at once.
  const { dense } = benchmark;
  const trainings = dense === undefined ? [] : seeds.map((seed) => () => train(benchmark, dense, seed, options));
  await runAll(options.jobs, trainings);
  const tried = await runAll(
    options.jobs,
    benchmark.groups.filter((group) => group.length > 1).flatMap((group) => group.map(runAlone)),
  );
  const rankOf = (variant: Variant): number =>
    Math.max(
      ...tried
        .filter((one) => one.variant === variant)
        .flatMap(({ results }) => results.map((result) => validationRank(result, measure))),
    );
  const chosen = benchmark.groups.flatMap((group) => [...group].sort((a, b) => rankOf(b) - rankOf(a)).slice(0, 1));
  const results = await runAll(
    options.jobs,
    chosen.flatMap((variant) => seeds.map((seed) => () => runOnce(benchmark, variant, seed, options))),
  );
  const rows = chosen.map((variant, index) => ({
    variant,
    results: results.slice(index * seeds.length, (index + 1) * seeds.length),
  }));
  console.log(`${benchmark.description}; ${options.data}, engine ${results[0]?.engine}, seeds ${seeds.join(", ")}`);
  console.log(`Settings: ${benchmark.settings.join(" ")}\n`);
  if (tried.length > 0) {
    console.log(`Tried on seed ${first}:\n`);
    printTable(tried, measure);
    console.log(`\nChosen, on all seeds:\n`);
  }
  printTable(rows, measure);
  if (options.results === undefined) return;
  for (const row of rows) {
    const tries = tried.filter(({ variant }) => variant.name === row.variant.name);
    appendStudyRecord(options.results, benchmark.settings, seeds, tries, row);
  }
}

await main();
