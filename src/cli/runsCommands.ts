/** `whittle list`, `show` and `delete`. */
import { createInterface } from "node:readline/promises";
import { usageError } from "../protocol/errors.ts";
import { asLocalTime, asMetric, asPercent } from "../protocol/figures.ts";
import type { RunRecord } from "../protocol/run.ts";
import { compareBy, fitsFilter, type RunOrder } from "../runs/compare/listedRuns.ts";
import { cleanTags } from "../runs/record/marks.ts";
import { deleteRun, listRuns, type Run, type RunOverview, type RunStatus, readStatus } from "../runs/record/store.ts";
import { metricOf } from "./attend.ts";
import { type CommonOptions, findRunOf, runsDirOf } from "./options.ts";
import { printDocument, printLine } from "./output.ts";
import { describeEngine, describeExecution } from "./plainLines.ts";
import { describeResult, plainTable } from "./report.ts";

export interface ListOptions {
  /** All of them must be there. */
  readonly tag: readonly string[];
  readonly sort: RunOrder;
  readonly filter?: string;
}

export async function listAll(options: CommonOptions & ListOptions): Promise<void> {
  const folder = runsDirOf(options);
  const all = await listRuns(folder);
  const runs = arrange(all, options);
  if (options.json) {
    printDocument(runs.map(overviewDocument));
    return;
  }
  if (all.length > 0 && runs.length === 0) {
    printLine(`None of the ${all.length} runs in ${folder} fits.`);
    return;
  }
  if (runs.length === 0) {
    printLine(`There are no runs in ${folder}. Start one: whittle run <file>`);
    return;
  }
  const table = plainTable(
    ["id", "name", "state", "started", "engine", "sparsity", "test metric", "tags"],
    ["left", "left", "left", "left", "left", "right", "right", "left"],
  );
  table.push(...runs.map(overviewRow));
  printLine(table.toString());
}

/** Damaged runs come last; what they are called is not known, so no filter finds them. */
function arrange(all: readonly RunOverview[], { tag, sort, filter = "" }: ListOptions): RunOverview[] {
  const tags = cleanTags(tag);
  const readable = all.flatMap((one) => ("problem" in one ? [] : [one]));
  const shown = readable
    .filter((one) => fitsFilter(one, filter) && tags.every((wanted) => one.marks.tags.includes(wanted)))
    .sort(compareBy(sort));
  const isWhole = filter.trim() === "" && tags.length === 0;
  return [...shown, ...(isWhole ? all.filter((one) => "problem" in one) : [])];
}

function overviewDocument(overview: RunOverview): object {
  const { id, dir } = overview.run;
  if ("problem" in overview) {
    return { id, dir, problem: overview.problem };
  }
  const { record, state, name, marks } = overview;
  const { result } = record;
  return {
    id,
    dir,
    name,
    tags: marks.tags,
    pinned: marks.pinned,
    state,
    createdAt: record.createdAt,
    modelFile: record.plan.modelFile,
    ...(record.engine === undefined ? {} : { engine: record.engine.name }),
    ...(result === undefined ? {} : { sparsity: result.sparsity, test: result.test }),
    ...(record.error === undefined ? {} : { error: { message: record.error.message, remedy: record.error.remedy } }),
  };
}

function overviewRow(overview: RunOverview): string[] {
  if ("problem" in overview) {
    return [overview.run.id, "", "damaged", overview.problem, "", "", "", ""];
  }
  const { record, state, name, marks } = overview;
  return [
    record.id,
    name,
    state,
    asLocalTime(record.createdAt),
    record.engine?.name ?? "",
    record.result === undefined ? "" : asPercent(record.result.sparsity, 2),
    record.result === undefined ? "" : asMetric(record.settings?.metrics[0] ?? "", record.result.test.metric),
    [...(marks.pinned ? ["pinned"] : []), ...marks.tags.map((one) => `#${one}`)].join(" "),
  ];
}

export async function showRun(id: string, options: CommonOptions): Promise<void> {
  const run = await findRunOf(id, options);
  const status = await readStatus(run);
  if (options.json) {
    printDocument({ ...status.record, state: status.state, dir: run.dir });
    return;
  }
  printLine(describeRun(run, status));
  const { result } = status.record;
  if (result !== undefined) {
    printLine();
    printLine(describeResult(result, await metricOf(run, status.record)));
  }
}

function describeRun(run: Run, { record, state }: RunStatus): string {
  return [
    ["run", run.id],
    ["state", state],
    ...(record.error === undefined ? [] : [["error", `${record.error.message} ${record.error.remedy}`]]),
    ["started", asLocalTime(record.createdAt)],
    ["model", `${record.plan.modelFile}#${record.plan.exportName}`],
    ...describeData(record),
    ...(record.engine === undefined ? [] : [["engine", describeEngine(record.engine)]]),
    ...(record.execution === undefined ? [] : [["steps", describeExecution(record.execution)]]),
    ...(record.settings === undefined ? [] : [["settings", JSON.stringify(record.settings)]]),
    ["folder", run.dir],
  ]
    .map(([key, value]) => `${key?.padEnd(10)}${value}`)
    .join("\n");
}

function describeData({ data }: RunRecord): string[][] {
  if (data === undefined) return [];
  const train = `${data.train} training${data.streamed === true ? " (streamed)" : ""}`;
  return [["data", `${data.spec}: ${train}, ${data.validation} validation, ${data.test} test examples`]];
}

export async function deleteOne(id: string, options: CommonOptions & { readonly yes?: boolean }): Promise<void> {
  const run = await findRunOf(id, options);
  if (!options.yes && !(await confirm(`Delete run ${run.id} and everything in ${run.dir}?`, id))) {
    printLine("Nothing was deleted.");
    return;
  }
  await deleteRun(run);
  if (options.json) {
    printDocument({ id: run.id, deleted: true });
  } else {
    printLine(`Deleted run ${run.id}.`);
  }
}

async function confirm(question: string, id: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw usageError(
      "Deleting a run asks first, and there is no terminal to ask on.",
      `Say that it is meant: whittle delete ${id} --yes`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
