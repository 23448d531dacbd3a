/** The runs of this window's workspace: which are live and how far they are, which ended last for a model. */
import * as vscode from "vscode";
import type { TrainingController } from "../controller/controller.ts";
import { messageOf } from "../protocol/errors.ts";
import type { RunRecord, RunState } from "../protocol/run.ts";
import type { Run } from "../runs/layout.ts";
import { listRuns } from "../runs/store.ts";
import { advance, isLive, type Progress } from "./runSummary.ts";

export interface WatchedRun {
  readonly run: Run;
  readonly record: RunRecord;
  readonly state: RunState;
  readonly progress: Progress;
}

/** Listeners draw; more often than this nobody reads. Milliseconds. */
const LEAST_PAUSE_MS = 250;

export class RunWatch implements vscode.Disposable {
  readonly #controller: TrainingController;
  readonly #log: vscode.LogOutputChannel;
  /** By run folder. */
  readonly #runs = new Map<string, WatchedRun>();
  readonly #followed = new Map<string, AbortController>();
  readonly #changed = new vscode.EventEmitter<void>();
  #timer: NodeJS.Timeout | undefined;
  /** Fires after a change of any run, at most four times a second, and always once more after the last change. */
  readonly onDidChange = this.#changed.event;

  constructor(controller: TrainingController, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#log = log;
  }

  /** Takes up what the folder holds, and follows what is still being trained. */
  async load(runsDir: string): Promise<void> {
    for (const overview of await listRuns(runsDir)) {
      if ("problem" in overview) {
        this.#log.warn(`Run ${overview.run.id} cannot be read: ${overview.problem}`);
      } else if (isLive(overview.state)) {
        this.follow(overview.run);
      } else if (!this.#runs.has(overview.run.dir)) {
        this.#set({ ...overview, progress: { epoch: 0 } });
      }
    }
  }

  /** Follows a run until it has ended. */
  follow(run: Run): void {
    if (this.#followed.has(run.dir)) {
      return;
    }
    const abort = new AbortController();
    this.#followed.set(run.dir, abort);
    let progress: Progress = { epoch: 0 };
    this.#controller
      .follow(
        run,
        (update) => {
          if (update.type === "gone") {
            this.#runs.delete(run.dir);
            this.#announce();
            return;
          }
          progress = advance(progress, update.events);
          this.#set({ run, record: update.record, state: update.state, progress });
          if (!isLive(update.state)) {
            abort.abort();
          }
        },
        abort.signal,
      )
      .catch((error: unknown) => this.#log.error(`Run ${run.id} cannot be followed: ${messageOf(error)}`))
      .finally(() => this.#followed.delete(run.dir));
  }

  live(): readonly WatchedRun[] {
    return this.all().filter((watched) => isLive(watched.state));
  }

  /** Newest first. */
  all(): readonly WatchedRun[] {
    return [...this.#runs.values()].sort((a, b) => (a.run.id < b.run.id ? 1 : -1));
  }

  /** Newest first. */
  of(modelFile: string, exportName: string): readonly WatchedRun[] {
    return this.all().filter(
      ({ record }) => record.plan.modelFile === modelFile && record.plan.exportName === exportName,
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const abort of this.#followed.values()) {
      abort.abort();
    }
    this.#changed.dispose();
  }

  #set(watched: WatchedRun): void {
    this.#runs.set(watched.run.dir, watched);
    this.#announce();
  }

  #announce(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, LEAST_PAUSE_MS);
  }
}
