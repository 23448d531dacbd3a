/** Which runs of a list are shown, and in which order: the same in the Runs view and on the command line. */
import type { RunMarks, RunRecord, RunState } from "../../protocol/run.ts";
import type { Run } from "../files/layout.ts";
import { guessBetter } from "./compareFront.ts";

export const RUN_ORDERS = ["newest", "sparsity", "metric", "name"] as const;
export type RunOrder = (typeof RUN_ORDERS)[number];

export interface ListedRun {
  readonly run: Run;
  readonly record: RunRecord;
  readonly state: RunState;
  readonly marks: RunMarks;
  readonly name: string;
  /** Of a run that is going on, where it is followed. */
  readonly progress?: { readonly sparsity?: number; readonly metric?: number };
}

/** @param filter words that must all occur in name, tags (`#tag`), state, id or model file, in any case */
export function fitsFilter({ name, marks, state, run, record }: ListedRun, filter: string): boolean {
  const text = [name, ...marks.tags.map((tag) => `#${tag}`), state, run.id, record.plan.modelFile]
    .join("\n")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Pinned runs come first. Sorting is stable, so what is equal stays newest first where the list was. */
export function compareBy(order: RunOrder): (a: ListedRun, b: ListedRun) => number {
  const rest: Record<RunOrder, (a: ListedRun, b: ListedRun) => number> = {
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

export function metricName(record: RunRecord): string {
  return record.settings?.metrics[0] ?? "metric";
}

/** 0..1; undefined before the first pruning and for an old run without a result. */
export function sparsityOf({ record, progress }: ListedRun): number | undefined {
  return record.result?.sparsity ?? progress?.sparsity;
}

/** On the test split when the run has a result; until then on the validation split. */
export function metricOf({
  record,
  progress,
}: ListedRun): { readonly split: "test" | "validation"; readonly value: number } | undefined {
  if (record.result !== undefined) {
    return { split: "test", value: record.result.test.metric };
  }
  return progress?.metric === undefined ? undefined : { split: "validation", value: progress.metric };
}

function times(value: number | undefined, sign: number): number | undefined {
  return value === undefined ? undefined : value * sign;
}

/** Largest first, unknown last. */
function descending(a: number | undefined, b: number | undefined): number {
  return (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY) || 0;
}
