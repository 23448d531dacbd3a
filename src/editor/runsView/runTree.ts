/** The Runs view as data: which experiments, which runs below them, in which order. No editor in here. */
import { basename } from "node:path";
import { asMetric, asPercent } from "../../protocol/figures.ts";
import type { RunState } from "../../protocol/run.ts";
import { guessBetter } from "../../runs/compare/compareFront.ts";
import { describeAge } from "../base/age.ts";
import type { RunOrder } from "../base/runOrder.ts";
import { describeProgress, describeState, isLive, metricName } from "../runs/runSummary.ts";
import type { WatchedRun } from "../runs/runWatch.ts";

/** The runs of one definition. */
export interface ExperimentNode {
  readonly modelFile: string;
  readonly exportName: string;
  readonly label: string;
  readonly runs: readonly WatchedRun[];
}

/**
 * Experiments, the one with the newest run first; those without a fitting run are left out. Pinned runs come first.
 * @param all newest first
 * @param filter words that must all occur in name, tags (`#tag`), state, id or model file
 */
export function collectExperiments(all: readonly WatchedRun[], order: RunOrder, filter: string): ExperimentNode[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const byDefinition = new Map<string, WatchedRun[]>();
  for (const run of all) {
    if (fits(run, words)) {
      const { modelFile, exportName } = run.record.plan;
      const key = `${modelFile}#${exportName}`;
      const runs = byDefinition.get(key);
      if (runs === undefined) {
        byDefinition.set(key, [run]);
      } else {
        runs.push(run);
      }
    }
  }
  return [...byDefinition.values()].flatMap((runs) => {
    const [newest] = runs;
    if (newest === undefined) {
      return [];
    }
    const { modelFile, exportName } = newest.record.plan;
    const label = exportName === "default" ? basename(modelFile).replace(/(\.model)?\.\w+$/, "") : exportName;
    return [{ modelFile, exportName, label, runs: [...runs].sort(comparatorOf(order)) }];
  });
}

/** Sorting is stable, so what is equal stays newest first. */
function comparatorOf(order: RunOrder): (a: WatchedRun, b: WatchedRun) => number {
  const rest: Record<RunOrder, (a: WatchedRun, b: WatchedRun) => number> = {
    newest: () => 0,
    sparsity: (a, b) => descending(sparsityOf(a), sparsityOf(b)),
    metric: (a, b) => {
      const sign = guessBetter(metricName(a.record), a.record.settings?.pruning.bound) === "higher" ? 1 : -1;
      return descending(times(metricOf(a)?.value, sign), times(metricOf(b)?.value, sign));
    },
    name: (a, b) => a.name.localeCompare(b.name),
  };
  return (a, b) => Number(b.marks.pinned) - Number(a.marks.pinned) || rest[order](a, b);
}

function fits(run: WatchedRun, words: readonly string[]): boolean {
  const { name, marks, state, record } = run;
  const text = [name, ...marks.tags.map((tag) => `#${tag}`), state, run.run.id, record.plan.modelFile]
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** 0..1; undefined before the first pruning and for an old run without a result. */
export function sparsityOf({ record, progress }: WatchedRun): number | undefined {
  return record.result?.sparsity ?? progress.sparsity;
}

/** On the test split when the run has a result; until then on the validation split. */
export function metricOf(
  run: WatchedRun,
): { readonly split: "test" | "validation"; readonly value: number } | undefined {
  const { result } = run.record;
  if (result !== undefined) {
    return { split: "test", value: result.test.metric };
  }
  const { metric } = run.progress;
  return metric === undefined ? undefined : { split: "validation", value: metric };
}

/**
 * `97.4 % · 98.31 % accuracy · k3f9 · 12 min ago · #paper`: what runs are compared by comes first, as a narrow view cuts the
 * rest. The end of the id tells runs of one name apart, in the title of the panel as well.
 */
export function describeRow(run: WatchedRun, now: number, language: string): string {
  const { state, record, progress, marks } = run;
  const tags = marks.tags.map((tag) => `#${tag}`);
  const which = marks.name === undefined ? [run.run.id.slice(-4)] : [];
  if (isLive(state)) {
    return [describeProgress(state, progress), ...which, ...tags].join(" · ");
  }
  const sparsity = sparsityOf(run);
  const metric = metricOf(run);
  const name = metricName(record);
  return [
    ...(state === "done" ? [] : [describeState(state)]),
    ...(sparsity === undefined ? [] : [asPercent(sparsity)]),
    ...(metric === undefined ? [] : [`${asMetric(name, metric.value)} ${name}`]),
    ...which,
    describeAge(record.updatedAt, now, language),
    ...tags,
  ].join(" · ");
}

/** For the icons and `when` clauses of the view: `run.done`, `run.paused.pinned`. */
export function contextOf(state: RunState, pinned: boolean): string {
  return `run.${state}${pinned ? ".pinned" : ""}`;
}

function times(value: number | undefined, sign: number): number | undefined {
  return value === undefined ? undefined : value * sign;
}

/** Largest first, unknown last. */
function descending(a: number | undefined, b: number | undefined): number {
  return (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY) || 0;
}
