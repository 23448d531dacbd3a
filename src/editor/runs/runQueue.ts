/**
 * Starts runs while fewer than `whittle.maxParallelRuns` are going on; others wait as run folders in state `queued`, so a
 * reload forgets none. Windows that share a folder need no agreement: the lock of a run lets one process have it.
 */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { TrainingController } from "../../controller/controller.ts";
import { LIVE_STATES, type RunPlan } from "../../protocol/run.ts";
import type { Run } from "../../runs/files/layout.ts";
import type { Config } from "../base/config.ts";
import { Disposables } from "../base/disposables.ts";
import { showError } from "../base/showError.ts";
import type { RunsFolders } from "./runsFolders.ts";
import type { RunWatch, WatchedRun } from "./runWatch.ts";

export interface RunQueueParts {
  readonly controller: TrainingController;
  readonly runs: RunWatch;
  readonly folders: RunsFolders;
  readonly config: Config;
  readonly log: vscode.LogOutputChannel;
}

export class RunQueue implements vscode.Disposable {
  readonly #parts: RunQueueParts;
  readonly #owned = new Disposables();
  /** Folders of runs that are being started by this window and may not show as such yet. */
  readonly #starting = new Set<string>();
  /** Before it has read what is going on already, it would start too many. */
  #knowsRuns = false;
  /** Runs whose folder is being made. */
  #reserved = 0;
  /** Folders of runs that could not be started: not tried again until the user does. */
  readonly #refused = new Set<string>();

  constructor(parts: RunQueueParts) {
    this.#parts = parts;
    void parts.folders.ready.then(() => {
      this.#knowsRuns = true;
      this.#startWaiting();
    });
    this.#owned.add(parts.runs.onDidChange(() => this.#startWaiting()));
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#startWaiting()));
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("whittle")) {
          this.#startWaiting();
        }
      }),
    );
  }

  /** Makes a run that starts at once, or as soon as others have ended. Its folder is watched in either case. */
  async start(runsDir: string, plan: RunPlan, name: string): Promise<Run> {
    const { controller, runs, folders, log } = this.#parts;
    await folders.ready;
    if (this.#hasRoom()) {
      this.#reserved += 1;
      try {
        const run = await controller.start(runsDir, plan, name);
        log.info(`Run ${run.id} started in ${run.dir}`);
        this.#follow(run);
        return run;
      } finally {
        this.#reserved -= 1;
      }
    }
    const run = await controller.queue(runsDir, plan, name);
    log.info(`Run ${run.id} waits in ${run.dir} until fewer runs are going on`);
    await runs.load(runsDir);
    runs.select(run);
    return run;
  }

  /** Has an ended or interrupted run go on from its last checkpoint, at once or when it is its turn. */
  async resume(run: Run): Promise<void> {
    this.#refused.delete(run.dir);
    if (this.#hasRoom()) {
      await this.#startNow(run);
    } else {
      await this.#parts.controller.requeue(run);
      this.#parts.log.info(`Run ${run.id} waits until fewer runs are going on`);
      await this.#parts.runs.load(dirname(run.dir));
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #hasRoom(): boolean {
    const trained = this.#parts.runs.live().filter(({ state }) => LIVE_STATES.has(state));
    const busy = new Set([...trained.map(({ run }) => run.dir), ...this.#starting]);
    return busy.size + this.#reserved < this.#parts.config.maxParallelRuns();
  }

  #startWaiting(): void {
    if (!this.#knowsRuns || !vscode.workspace.isTrusted) {
      return;
    }
    const waiting = this.#parts.runs
      .live()
      .filter(({ run, state }) => state === "queued" && !this.#starting.has(run.dir) && !this.#refused.has(run.dir))
      .sort((a, b) => waitingSince(a) - waitingSince(b));
    for (const { run } of waiting) {
      if (!this.#hasRoom()) {
        return;
      }
      this.#startNow(run).catch((error: unknown) => {
        this.#refused.add(run.dir);
        return showError(this.#parts.log, error);
      });
    }
  }

  async #startNow(run: Run): Promise<void> {
    this.#starting.add(run.dir);
    try {
      await this.#parts.controller.resume(run);
    } catch (error) {
      this.#starting.delete(run.dir);
      throw error;
    }
    this.#parts.log.info(`Run ${run.id} goes on`);
    this.#follow(run);
  }

  #follow(run: Run): void {
    this.#starting.add(run.dir);
    void this.#parts.runs.follow(run).finally(() => this.#starting.delete(run.dir));
  }
}

function waitingSince({ record }: WatchedRun): number {
  return Date.parse(record.updatedAt);
}
