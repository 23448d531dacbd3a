/**
 * A dense transformer that translates, beside the same one in PyTorch: time and BLEU; and what PyPI's sacreBLEU says of the texts that
 * Whittle writes:
 *
 *   npm run bench -- translation --data parallel:DIR#de-en [--seeds 0] [--epochs 16] [--beams 4] [--engine native] [--runs-dir DIR]
 *
 * Whatever is finished in --runs-dir is taken as it is. PyTorch is installed into Whittle's cache, the first time.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type RunResult, runRecordSchema } from "../src/protocol/run.ts";
import { type Run, recordPath, textsPath, tokenizerPath } from "../src/runs/files/layout.ts";
import { makeOnce } from "./makeOnce.ts";
import { providePython, TORCH } from "./peer/python.ts";
import { runCli } from "./runCli.ts";
import { meanAndDeviation, meanOf } from "./statistics.ts";
import { trainOnce } from "./trainOnce.ts";

const VOCABULARY = 5000;
const SIZES = { layers: 3, width: 128, heads: 4, dropout: 0.1 };
/** On top of the example's own. */
const SETTINGS = [
  'metrics=["bleu"]',
  ...["text.tokenizer=bpe", `text.vocabulary=${VOCABULARY}`],
  ...["batchSize=128", "optimizer.learningRate=0.002", "optimizer.decay=0.98", "optimizer.clipNorm=1"],
  "pruning.maxEpochs=0",
];
/** Scores that both give may differ by so much. */
const SAME_SCORE = 0.01;
const PEER = join(import.meta.dirname, "peer");
/** glibc then keeps large blocks for the next step in place of giving them back, as TensorFlow's allocator does. */
const KEEPS_MEMORY = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: String(2 ** 34) };

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    data: { type: "string" },
    seeds: { type: "string", default: "0" },
    epochs: { type: "string", default: "16" },
    beams: { type: "string", default: "4" },
    engine: { type: "string", default: "native" },
    "runs-dir": { type: "string", default: ".whittle/bench/translation" },
  },
});
const [, folder, languages] = /^parallel:(.*)#(.*)$/.exec(values.data ?? "") ?? [];
if (values.data === undefined || folder === undefined || languages === undefined) {
  console.error(
    "Usage: npm run bench -- translation --data parallel:DIR#de-en [--seeds 0,1,2] [--epochs 16] [--beams 4]",
  );
  process.exit(2);
}
const { data, engine, epochs, beams } = { ...values, data: values.data };
const runs = resolve(values["runs-dir"]);
const python = providePython();

/** Of one training; BLEU by greedy search and by beams. */
const figuresSchema = z.object({
  steps: z.int(),
  seconds: z.number(),
  validation: z.object({ loss: z.number(), greedy: z.number() }),
  test: z.object({ greedy: z.number(), beam: z.number() }),
});
type Figures = z.infer<typeof figuresSchema>;

const runOf = (id: string): Run => ({ id, dir: join(runs, id) });

function train(seed: string, ...others: readonly string[]): Promise<RunResult> {
  const args = ["run", "examples/translation.model.ts", "--data", data, "--seed", seed, "--engine", engine];
  const given = [`vocabulary=${VOCABULARY}`, ...Object.entries(SIZES).map((pair) => pair.join("="))];
  args.push(...given.flatMap((arg) => ["--arg", arg]), ...SETTINGS.flatMap((setting) => ["--set", setting]), ...others);
  return trainOnce(runs, args);
}

/** The same network in PyTorch, as the run's record describes it and its training, by the run's vocabulary. */
function askPeer(run: Run, seed: string, weights?: string): Promise<Figures> {
  const { settings } = runRecordSchema.parse(JSON.parse(readFileSync(recordPath(run), "utf8")));
  if (settings === undefined) throw new Error(`${run.id} has no settings`);
  const { optimizer, text, generation, batchSize, labelSmoothing } = settings;
  const options = {
    ...{ seed, epochs, beams, ...SIZES, threads: cpus().length, batch: batchSize, smoothing: labelSmoothing },
    ...{ length: text.length, examples: generation.examples, "learning-rate": optimizer.learningRate },
    ...{ "warm-up": optimizer.warmUp, decay: optimizer.decay, "clip-norm": optimizer.clipNorm ?? 0 },
    ...(weights === undefined ? {} : { weights }),
  };
  const args = [join(PEER, "translation.py"), resolve(folder ?? ""), languages ?? "", tokenizerPath(run)];
  args.push(...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]));
  const code = ["translation.py", "transformer.py"].map((name) => readFileSync(join(PEER, name), "utf8"));
  const env = { ...process.env, ...KEEPS_MEMORY };
  return makeOnce(runs, [TORCH, options, data, run.id, ...code], figuresSchema, async () =>
    figuresSchema.parse(JSON.parse(execFileSync(python, args, { encoding: "utf8", env }))),
  );
}

/** What PyTorch says of the run's own weights. */
async function scoreByPeer(run: Run, seed: string): Promise<Figures> {
  const weights = join(runs, `${run.id}.safetensors`);
  await runCli(["export", run.id, "--to", "safetensors", "--out", weights, "--force", "--runs-dir", runs]);
  return askPeer(run, seed, weights);
}

/** Of what the run wrote for the test split, to 6 digits. */
function scoreByPyPI(run: Run): number {
  const [reference, written] = ["reference", "pruned"].map((name) => join(textsPath(run), `test.${name}.txt`));
  const args = [
    "-m",
    "sacrebleu",
    reference ?? "",
    ..."--score-only --width 6 --force --input".split(" "),
    written ?? "",
  ];
  return Number(execFileSync(python, args, { encoding: "utf8" }));
}

function asFigures(greedy: RunResult, beam: RunResult): Figures {
  const { steps, spent } = greedy;
  if (steps === undefined || spent === undefined) throw new Error(`${greedy.id} does not say what its time went into`);
  return {
    ...{ steps, seconds: spent.train + spent.data },
    validation: { loss: greedy.reference.loss, greedy: greedy.reference.metric },
    test: { greedy: greedy.referenceTest.metric, beam: beam.referenceTest.metric },
  };
}

const own: Figures[] = [];
const peers: Figures[] = [];
const scored: Figures[] = [];
const checks: string[] = [];
for (const seed of values.seeds.split(",")) {
  const greedy = await train(seed, "--set", `epochs=${epochs}`, "--set", "generation.beams=1");
  const beam = await train(seed, "--from", greedy.id, "--set", `generation.beams=${beams}`);
  own.push(asFigures(greedy, beam));
  peers.push(await askPeer(runOf(greedy.id), seed));
  scored.push(await scoreByPeer(runOf(greedy.id), seed));
  for (const { id, test } of [greedy, beam]) {
    const score = scoreByPyPI(runOf(id));
    const isSame = Math.abs(score - test.metric) < SAME_SCORE;
    checks.push(`| ${id} | ${test.metric.toFixed(4)} | ${score.toFixed(4)} | ${isSame ? "yes" : "NO"} |`);
    if (!isSame) process.exitCode = 1;
  }
}

type Column = readonly [name: string, digits: number, pick: (figures: Figures) => number];
const TIMES: readonly Column[] = [
  ["steps", 0, ({ steps }) => steps],
  ["training, s", 1, ({ seconds }) => seconds],
  ["steps a second", 2, ({ steps, seconds }) => steps / seconds],
];
const SCORES: readonly Column[] = [
  ["validation loss", 5, ({ validation }) => validation.loss],
  ["validation BLEU", 2, ({ validation }) => validation.greedy],
  ["test BLEU, greedy", 2, ({ test }) => test.greedy],
  [`test BLEU, ${beams} beams`, 2, ({ test }) => test.beam],
];
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const means = (columns: readonly Column[], all: readonly Figures[]): readonly string[] =>
  columns.map(([, digits, pick]) => meanAndDeviation(all.map(pick), digits));
const COLUMNS = [...TIMES, ...SCORES];
console.log(`Seeds ${values.seeds}, ${epochs} epochs, ${cpus().length} × ${cpus()[0]?.model}\n`);
console.log(row(["", ...COLUMNS.map(([name]) => name)]));
console.log(row(["---", ...COLUMNS.map(() => "---:")]));
console.log(row([`Whittle, ${engine}`, ...means(COLUMNS, own)]));
console.log(row([`PyTorch ${TORCH}`, ...means(COLUMNS, peers)]));
const ratios = TIMES.map(([, , pick]) => (meanOf(own.map(pick)) / meanOf(peers.map(pick))).toFixed(2));
console.log(row(["Whittle / PyTorch", ...ratios, ...SCORES.map(() => "")]));
console.log(row(["Whittle's weights, in PyTorch", ...TIMES.map(() => ""), ...means(SCORES, scored)]));
console.log("\n| run | its BLEU of the test split | PyPI's sacreBLEU of its files | the same to 0.01 |");
console.log(`| --- | ---: | ---: | --- |\n${checks.join("\n")}`);
