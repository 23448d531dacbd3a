/** The Runs view: experiments, their runs, and what is chosen in it. */
import * as vscode from "vscode";
import type { RunOrder } from "../../runs/compare/listedRuns.ts";
import { Disposables } from "../base/disposables.ts";
import { RUNS_VIEW } from "../base/manifestNames.ts";
import type { Memory } from "../base/memory.ts";
import { setContext } from "../base/setContext.ts";
import type { RunsFolders } from "../runs/runsFolders.ts";
import type { RunWatch } from "../runs/runWatch.ts";
import { type RunRow, RunRows } from "./runRows.ts";
import { describeRun, renderRow } from "./runsViewRows.ts";
import { collectExperiments } from "./runTree.ts";

/** While something is trained: rows that change faster show their first text only, see `onDidChangeTreeData`. */
const REDRAW_MS = 1000;
/** Ages are told in minutes. */
const AGE_MS = 60_000;

export interface RunsViewParts {
  readonly runs: RunWatch;
  readonly folders: RunsFolders;
  readonly memory: Memory;
}

export class RunsView implements vscode.TreeDataProvider<RunRow>, vscode.Disposable {
  readonly #parts: RunsViewParts;
  readonly #owned = new Disposables();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<RunRow[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<RunRow>;
  readonly #rows = new RunRows();
  #timer: NodeJS.Timeout | undefined;
  #hasRuns: boolean | undefined;

  constructor(parts: RunsViewParts) {
    this.#parts = parts;
    this.#view = this.#owned.add(
      vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true }),
    );
    this.#owned.add(parts.runs.onDidChange(() => this.#redrawSoon()));
    this.#owned.add(this.#view.onDidChangeVisibility(({ visible }) => visible && this.#redraw()));
    const aging = setInterval(() => this.#view.visible && this.#changed.fire(undefined), AGE_MS);
    this.#owned.add({ dispose: () => clearInterval(aging) });
    this.#owned.add({ dispose: () => clearTimeout(this.#timer) });
    this.#redraw();
  }

  get order(): RunOrder {
    return this.#parts.memory.get("runOrder") ?? "newest";
  }

  set order(order: RunOrder) {
    this.#parts.memory.set("runOrder", order);
    this.#redraw();
  }

  /** "" shows all. */
  get filter(): string {
    return this.#parts.memory.get("runFilter") ?? "";
  }

  set filter(filter: string) {
    this.#parts.memory.set("runFilter", filter.trim());
    this.#redraw();
  }

  /** What is chosen in it, for commands that a key starts. */
  get selection(): readonly RunRow[] {
    return this.#view.selection;
  }

  async getChildren(row?: RunRow): Promise<RunRow[]> {
    if (row !== undefined) {
      return [...this.#rows.below(row)];
    }
    await this.#parts.folders.ready;
    this.#updateRows();
    return [...this.#rows.top()];
  }

  getTreeItem(row: RunRow): vscode.TreeItem {
    return renderRow(row, row.kind === "run" ? this.#parts.runs.get(row.run.dir) : undefined);
  }

  /** Of hundreds of rows a few are ever hovered. */
  resolveTreeItem(item: vscode.TreeItem, row: RunRow): vscode.TreeItem {
    const watched = row.kind === "run" ? this.#parts.runs.get(row.run.dir) : undefined;
    if (watched !== undefined) {
      item.tooltip = describeRun(watched);
    }
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #redrawSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#redraw();
    }, REDRAW_MS);
  }

  #redraw(): void {
    const { runs } = this.#parts;
    const live = runs.live().length;
    this.#view.badge =
      live === 0 ? undefined : { value: live, tooltip: vscode.l10n.t("Runs that are going on or queued: {0}", live) };
    this.#view.message = this.#describeFilter();
    setContext("whittle.isFiltered", this.filter !== "");
    const hasRuns = runs.all().length + runs.unreadable().length > 0;
    if (hasRuns !== this.#hasRuns) {
      this.#hasRuns = hasRuns;
      setContext("whittle.hasRuns", hasRuns);
    }
    if (this.#view.visible) {
      const changed = this.#updateRows();
      if (changed === "all") {
        this.#changed.fire(undefined);
      } else if (changed.length > 0) {
        this.#changed.fire([...changed]);
      }
    }
  }

  #describeFilter(): string {
    if (this.filter === "") {
      return "";
    }
    return collectExperiments(this.#parts.runs.all(), this.order, this.filter).length === 0
      ? vscode.l10n.t("No run fits “{0}”.", this.filter)
      : vscode.l10n.t("Only runs that fit “{0}” are shown.", this.filter);
  }

  #updateRows(): "all" | readonly RunRow[] {
    const { runs } = this.#parts;
    const experiments = collectExperiments(runs.all(), this.order, this.filter);
    return this.#rows.update(experiments, this.filter === "" ? runs.unreadable() : []);
  }
}
