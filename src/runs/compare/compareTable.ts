/** A comparison as a table of texts, for the terminal, Markdown and LaTeX alike. */
import { type ComparedRun, type Comparison, SPLITS, type Spread } from "../../protocol/comparison.ts";
import { changeText, NONE, scoreText } from "../../protocol/comparisonTexts.ts";
import { asCount, asDuration, asDurationSpread, asMetric, asPercent, asSpread } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";

export interface TextTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly align: readonly ("left" | "right")[];
  readonly rows: readonly (readonly string[])[];
}

/** Runs; seeds where some belong together; layers; what differs. */
export function comparisonTables(comparison: Comparison): readonly TextTable[] {
  return [
    runTable(comparison),
    ...(comparison.groups.some((group) => group.runs.length > 1) ? [groupTable(comparison)] : []),
    layerTable(comparison),
    differenceTable("Configuration", comparison.settings, comparison.runs),
    differenceTable("Environment", comparison.environment, comparison.runs),
  ].filter((table) => table.rows.length > 0);
}

function runTable({ metric, runs, fronts }: Comparison): TextTable {
  const columns: readonly [string, "left" | "right", (run: ComparedRun) => string][] = [
    ["Run", "left", (run) => run.label],
    ["State", "left", (run) => run.state],
    ["Seed", "right", (run) => (run.seed === undefined ? NONE : String(run.seed))],
    ["Sparsity", "right", (run) => asPercent(run.sparsity, 2)],
    ["Weights left", "right", (run) => (run.params === undefined ? NONE : asCount(run.params.remaining))],
    [`Validation ${metric}`, "right", (run) => scoreText(run, "validation", metric)],
    [`Test ${metric}`, "right", (run) => scoreText(run, "test", metric)],
    ["Against dense (test)", "right", changeText],
    ["Epochs", "right", (run) => asCount(run.epochs)],
    ["Training", "right", (run) => asDuration(run.seconds)],
    ["Pareto front", "left", (run) => frontText(run.id, fronts.runs)],
  ];
  return fromColumns("Runs", columns, runs);
}

function groupTable({ metric, groups, fronts }: Comparison): TextTable {
  const spread = (value: Spread | undefined, text: (value: number) => string): string =>
    value === undefined ? NONE : asSpread(value, text);
  return fromColumns(
    "Mean ± standard deviation over seeds",
    [
      ["Runs", "left", (group) => group.label],
      ["Seeds", "left", (group) => group.seeds.join(", ")],
      ["n", "right", (group) => String(group.sparsity?.n ?? 0)],
      ["Sparsity", "right", (group) => spread(group.sparsity, (value) => asPercent(value, 2))],
      [`Validation ${metric}`, "right", (group) => spread(group.validation, (value) => asMetric(metric, value))],
      [`Test ${metric}`, "right", (group) => spread(group.test, (value) => asMetric(metric, value))],
      ["Training", "right", (group) => (group.seconds === undefined ? NONE : asDurationSpread(group.seconds))],
      ["Pareto front", "left", (group) => frontText(group.runs[0] ?? "", fronts.groups)],
    ],
    groups,
  );
}

function layerTable({ layers, runs }: Comparison): TextTable {
  return {
    title: "Sparsity per layer (units alive)",
    head: ["Layer", ...runs.map((run) => run.label)],
    align: ["left", ...runs.map(() => "right" as const)],
    rows: layers.map((layer) => [
      layer.name,
      ...layer.layers.map((one) => (one === undefined ? NONE : layerText(one))),
    ]),
  };
}

function layerText({ sparsity, units, unitsAlive }: LayerSummary): string {
  const alive =
    units === undefined || unitsAlive === undefined ? "" : ` (${asCount(unitsAlive)}/${asCount(units.count)})`;
  return `${asPercent(sparsity, 2)}${alive}`;
}

function differenceTable(title: string, differences: Comparison["settings"], runs: readonly ComparedRun[]): TextTable {
  return {
    title,
    head: ["Differs", ...runs.map((run) => run.label)],
    align: ["left", ...runs.map(() => "left" as const)],
    rows: differences.map(({ key, values }) => [key, ...values.map((value) => value ?? NONE)]),
  };
}

function fromColumns<T>(
  title: string,
  columns: readonly (readonly [string, "left" | "right", (item: T) => string])[],
  items: readonly T[],
): TextTable {
  return {
    title,
    head: columns.map(([name]) => name),
    align: columns.map(([, align]) => align),
    rows: items.map((item) => columns.map(([, , text]) => text(item))),
  };
}

function frontText(key: string, fronts: Comparison["fronts"]["runs"]): string {
  return SPLITS.filter((split) => fronts[split].includes(key)).join(", ");
}
