/** A comparison as CSV, for notebooks and spreadsheets: one line per run, all figures as stored. */
import Papa from "papaparse";
import type { ComparedRun, Comparison } from "../../protocol/comparison.ts";
import type { Score } from "../../protocol/run.ts";

/** What a spreadsheet would run. The library's own pattern lets a name pass that has a line break in it. */
const FORMULA = /^[=+\-@\t\r]/;

type Cell = string | number | undefined;
type Column = readonly [name: string, value: (run: ComparedRun, index: number) => Cell];

export function asCsv(comparison: Comparison): string {
  const { runs, settings, environment, layers } = comparison;
  const columns: readonly Column[] = [
    ...runColumns(comparison),
    ...[...settings, ...environment].map(({ key, values }): Column => [key, (_run, index) => values[index]]),
    ...layers.map((one): Column => [`sparsity ${one.name}`, (_run, index) => one.layers[index]?.sparsity]),
  ];
  const fields = columns.map(([name]) => name);
  const data = runs.map((run, index) => columns.map(([, value]) => value(run, index)));
  return `${Papa.unparse({ fields, data }, { escapeFormulae: FORMULA, newline: "\n" })}\n`;
}

function runColumns({ groups, fronts }: Comparison): readonly Column[] {
  return [
    ["id", (run) => run.id],
    ["name", (run) => run.name],
    ["state", (run) => run.state],
    ["created", (run) => run.createdAt],
    ["model_file", (run) => run.modelFile],
    ["export", (run) => run.exportName],
    // Runs with the same number differ by nothing but their seed.
    ["seed_group", (run) => groups.findIndex((group) => group.runs.includes(run.id)) + 1],
    ["run_seed", (run) => run.seed],
    ["sparsity", (run) => run.sparsity],
    ["parameters", (run) => run.params?.total],
    ["parameters_left", (run) => run.params?.remaining],
    ["metric", (run) => run.metric],
    ...scoreColumns("validation", (run) => run.validation),
    ...scoreColumns("test", (run) => run.test),
    ...scoreColumns("dense_validation", (run) => run.reference),
    ...scoreColumns("dense_test", (run) => run.referenceTest),
    ["epochs", (run) => run.epochs],
    ["prunings", (run) => run.prunings],
    ["training_seconds", (run) => run.seconds],
    ["front_validation", (run) => Number(fronts.runs.validation.includes(run.id))],
    ["front_test", (run) => Number(fronts.runs.test.includes(run.id))],
  ];
}

function scoreColumns(name: string, score: (run: ComparedRun) => Score | undefined): readonly Column[] {
  return [
    [`${name}_metric`, (run) => score(run)?.metric],
    [`${name}_loss`, (run) => score(run)?.loss],
  ];
}
