/**
 * The experiment of arXiv 2204.04977 on language, as far as two cores carry it: a transformer that translates is trained dense, then a
 * fifth of its remaining weights is pruned after each epoch, with each method, each at the strength that does best on the validation
 * split of the first seed. BLEU against sparsity, as the paper draws it, is of the validation split, after the epoch at that sparsity.
 *
 *   npm run bench -- paper --data parallel:DIR#de-en [--seeds 0,1,2] [--methods magnitude,paper] [--runs-dir DIR]
 *
 * Whatever is finished in --runs-dir is taken as it is, and what is not is resumed, so that it can be done in pieces; --methods does some.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { RunResult } from "../src/protocol/run.ts";
import { readEvents } from "../src/runs/log/eventLog.ts";
import { meanAndDeviation, meanOf } from "./statistics.ts";
import { trainOnce } from "./trainOnce.ts";

const MODEL = "examples/translation.model.ts";
const ARGS = ["vocabulary=5000", "layers=3", "width=128", "heads=4", "dropout=0.1"];
/** Of the dense training and of all methods alike. */
const SHARED = [
  ...["text.tokenizer=bpe", "text.vocabulary=5000", "batchSize=128", "generation.beams=4", "generation.examples=300"],
  ...["optimizer.name=adam", "optimizer.momentum=0.9", "optimizer.decay=0.98", "optimizer.clipNorm=1"],
];
const DENSE = ["optimizer.learningRate=0.002", "epochs=16", "pruning.maxEpochs=0"];
/** Eleven epochs, the first with nothing pruned yet, the others at 20, 36, 49, 59, 67, 74, 79, 83, 87 and 89 %. */
const PRUNED = [
  ...["optimizer.learningRate=0.0005", "optimizer.warmUp=0", "optimizer.recoverSchedule=constant"],
  ...["pruning.schedule=fraction", "pruning.fraction=0.2", "pruning.interval=1", "pruning.bound.maxDrop=100"],
  ...["pruning.targetSparsity=1", "pruning.maxEpochs=11", "pruning.finetuneEpochs=0"],
];
const COUPLED = "pruning.coupling=optimizer";
/** By name: settings of its own, once for each strength. */
const METHODS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  magnitude: [["pruning.method=none"]],
  l1: ["1e-5", "3e-5"].map((gamma) => ["pruning.method=l1", COUPLED, `pruning.gamma=${gamma}`]),
  l2: ["1e-5", "1e-4", "3e-4", "1e-3"].map((gamma) => ["pruning.method=l2", COUPLED, `pruning.gamma=${gamma}`]),
  paper: ["1e-5", "1e-4", "3e-4"].map((gamma) => ["preset=paper", `pruning.gamma=${gamma}`]),
  whittle: ["3e-5", "1e-4", "3e-4", "1e-3", "3e-3"].map((lambda) => ["preset=whittle", `pruning.lambda=${lambda}`]),
};
/** Of what weights are part. */
const PARTS = { embedding: /^tokens\//, attention: /_(attention|source)\//, "feed-forward": /_dense_/ };
const LEAST_SHOWN = 0.4;

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    data: { type: "string" },
    seeds: { type: "string", default: "0,1,2" },
    methods: { type: "string", default: Object.keys(METHODS).join(",") },
    "runs-dir": { type: "string", default: ".whittle/bench/paper" },
  },
});
const { data } = values;
const methods = values.methods.split(",");
if (data === undefined || !methods.every((name) => name in METHODS)) {
  console.error(
    `Usage: npm run bench -- paper --data parallel:DIR#de-en [--seeds 0,1,2] [--methods ${Object.keys(METHODS).join(",")}]`,
  );
  process.exit(2);
}
const runs = resolve(values["runs-dir"]);
const seeds = values.seeds.split(",");

interface Point {
  readonly sparsity: number;
  readonly bleu: number;
}

interface Curve {
  readonly result: RunResult;
  readonly points: readonly Point[];
}

function train(seed: string, settings: readonly string[], from?: string): Promise<RunResult> {
  const args = ["run", MODEL, "--data", data ?? "", "--seed", seed, ...(from === undefined ? [] : ["--from", from])];
  args.push(...ARGS.flatMap((arg) => ["--arg", arg]));
  args.push(...[...SHARED, ...settings].flatMap((setting) => ["--set", setting]));
  return trainOnce(runs, args);
}

async function prune(seed: string, settings: readonly string[]): Promise<Curve> {
  const dense = await train(seed, DENSE);
  const result = await train(seed, [...PRUNED, ...settings], dense.id);
  const points: Point[] = [];
  for (const event of await readEvents({ dir: resolve(runs, result.id), id: result.id })) {
    if (event.type === "epoch") points.push({ sparsity: event.sparsity, bleu: event.validation.metric ?? Number.NaN });
  }
  console.error(`seed ${seed}, ${settings.join(" ")}: mean BLEU ${meanBleu({ result, points }).toFixed(2)}`);
  return { result, points };
}

const shown = ({ points }: Curve): readonly Point[] => points.filter(({ sparsity }) => sparsity >= LEAST_SHOWN);
/** Over all points that are shown. */
const meanBleu = (curve: Curve): number => meanOf(shown(curve).map(({ bleu }) => bleu));

interface Row {
  readonly name: string;
  readonly settings: readonly string[];
  /** By seed. */
  readonly curves: readonly Curve[];
}

async function measure(name: string): Promise<Row> {
  const [first = "0"] = seeds;
  let best: { readonly settings: readonly string[]; readonly bleu: number } | undefined;
  for (const settings of METHODS[name] ?? []) {
    const bleu = meanBleu(await prune(first, settings));
    if (best === undefined || bleu > best.bleu) best = { settings, bleu };
  }
  const curves: Curve[] = [];
  for (const seed of seeds) curves.push(await prune(seed, best?.settings ?? []));
  return { name, settings: best?.settings ?? [], curves };
}

const rows: Row[] = [];
for (const name of methods) rows.push(await measure(name));

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], body: readonly (readonly string[])[]): void =>
  console.log([line(head), line(head.map(() => "---")), ...body.map(line)].join("\n"), "\n");
const [some] = rows;
const levels = some?.curves[0] === undefined ? [] : shown(some.curves[0]).map(({ sparsity }) => sparsity);
const dense = await Promise.all(seeds.map((seed) => train(seed, DENSE)));

console.log(`${data}, seeds ${values.seeds}, engine ${dense[0]?.engine}; BLEU as sacreBLEU (13a), 4 beams\n`);
console.log(
  `Dense: validation ${meanAndDeviation(
    dense.map(({ validation }) => validation.metric),
    2,
  )}, test ${meanAndDeviation(
    dense.map(({ test }) => test.metric),
    2,
  )}\n`,
);
console.log("Validation BLEU by sparsity:\n");
table(
  ["method", "own settings", ...levels.map((level) => `${(100 * level).toFixed(0)} %`)],
  rows.map(({ name, settings, curves }) => [
    name,
    settings.join(" "),
    ...levels.map((_, at) =>
      meanAndDeviation(
        curves.map((curve) => shown(curve)[at]?.bleu ?? Number.NaN),
        2,
      ),
    ),
  ]),
);
console.log("At the end:\n");
table(
  ["method", "sparsity %", "test BLEU", ...Object.keys(PARTS).map((part) => `${part} %`), "evaluation, % of the time"],
  rows.map(({ name, curves }) => {
    const of = (pick: (result: RunResult) => number, digits: number) =>
      meanAndDeviation(
        curves.map(({ result }) => pick(result)),
        digits,
      );
    return [
      name,
      of((result) => 100 * result.sparsity, 2),
      of((result) => result.test.metric, 2),
      ...Object.values(PARTS).map((part) => of((result) => 100 * sparsityOf(result, part), 1)),
      of(({ spent, seconds }) => (100 * ((spent?.evaluate ?? 0) + (spent?.search ?? 0))) / seconds, 1),
    ];
  }),
);

function sparsityOf({ layers }: RunResult, part: RegExp): number {
  const own = layers.filter(({ name }) => part.test(name));
  const total = own.reduce((sum, layer) => sum + layer.total, 0);
  return 1 - own.reduce((sum, layer) => sum + layer.remaining, 0) / total;
}
