/** The rows of the Runs view, and which of them say something new. No editor in here. */
import type { Run } from "../../runs/files/layout.ts";
import type { UnreadableRun, WatchedRun } from "../runs/runWatch.ts";
import type { ExperimentNode } from "./runTree.ts";

export type RunRow =
  | { readonly kind: "experiment"; readonly experiment: ExperimentNode }
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "unreadable"; readonly unreadable: UnreadableRun };

/** The same for the same thing in all its states. */
export function idOf(row: RunRow): string {
  switch (row.kind) {
    case "experiment":
      return `experiment:${row.experiment.modelFile}#${row.experiment.exportName}`;
    case "run":
      return `run:${row.run.dir}`;
    case "unreadable":
      return `unreadable:${row.unreadable.run.dir}`;
    default:
      return row satisfies never;
  }
}

export class RunRows {
  #top: readonly RunRow[] = [];
  #below = new Map<string, readonly RunRow[]>();
  #outline = "";
  /** Row of a run → what it says. */
  #said = new Map<RunRow, WatchedRun>();

  top(): readonly RunRow[] {
    return this.#top;
  }

  below(row: RunRow): readonly RunRow[] {
    return this.#below.get(idOf(row)) ?? [];
  }

  /**
   * Rows stay the same objects as long as none comes, goes or moves: the editor is then told of single rows, as drawing
   * hundreds of them anew every second would be too many.
   * @returns the rows that say something new; "all" when the rows themselves are others
   */
  update(experiments: readonly ExperimentNode[], unreadable: readonly UnreadableRun[]): "all" | readonly RunRow[] {
    const outline = JSON.stringify([
      experiments.map(({ modelFile, exportName, runs }) => [modelFile, exportName, runs.map(({ run }) => run.dir)]),
      unreadable.map(({ run, problem }) => [run.dir, problem]),
    ]);
    const current = new Map(experiments.flatMap(({ runs }) => runs.map((watched) => [watched.run.dir, watched])));
    if (outline !== this.#outline) {
      this.#outline = outline;
      this.#make(experiments, unreadable);
      return "all";
    }
    const changed: RunRow[] = [];
    for (const [row, said] of this.#said) {
      const watched = current.get(said.run.dir);
      if (watched !== undefined && watched !== said) {
        this.#said.set(row, watched);
        changed.push(row);
      }
    }
    return changed;
  }

  #make(experiments: readonly ExperimentNode[], unreadable: readonly UnreadableRun[]): void {
    this.#below = new Map();
    this.#said = new Map();
    const groups = experiments.map((experiment): RunRow => ({ kind: "experiment", experiment }));
    for (const [index, { runs }] of experiments.entries()) {
      const rows = runs.map((watched): RunRow => {
        const row: RunRow = { kind: "run", run: watched.run };
        this.#said.set(row, watched);
        return row;
      });
      const group = groups[index];
      if (group !== undefined) {
        this.#below.set(idOf(group), rows);
      }
    }
    this.#top = [...groups, ...unreadable.map((one): RunRow => ({ kind: "unreadable", unreadable: one }))];
  }
}
