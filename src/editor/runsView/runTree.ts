/** The Runs view as data: which experiments, which runs below them, in which order. No editor in here. */
import { basename } from "node:path";
import { asMetric, asPercent } from "../../protocol/figures.ts";
import type { RunState } from "../../protocol/run.ts";
import {
  compareBy,
  fitsFilter,
  metricName,
  metricOf,
  type RunOrder,
  sparsityOf,
} from "../../runs/compare/listedRuns.ts";
import { describeAge } from "../base/age.ts";
import { describeProgress, describeState, isLive } from "../runs/runSummary.ts";
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
  const byDefinition = new Map<string, WatchedRun[]>();
  for (const run of all) {
    if (fitsFilter(run, filter)) {
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
    return [{ modelFile, exportName, label, runs: [...runs].sort(compareBy(order)) }];
  });
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
