/** Commands that steer runs: stop, pause, let go on, resume. */
import * as vscode from "vscode";
import type { RunState } from "../../protocol/run.ts";
import type { Run } from "../../runs/files/layout.ts";
import type { App } from "../app.ts";
import { requireTrust } from "../base/trust.ts";
import { chooseRuns } from "../pick/chooseRuns.ts";
import { isLive } from "../runs/runSummary.ts";

const RESUMABLE: ReadonlySet<RunState> = new Set<RunState>(["stopped", "interrupted", "failed"]);

/** @param argument see `chooseRuns`, as for all commands here */
export async function stopRun(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Stop which runs? They can be resumed."),
    fits: ({ state }) => isLive(state),
  });
  await stopRuns(app, runs);
}

/** Resolves when none of them is trained or queued any more. */
export async function stopRuns(app: App, runs: readonly Run[]): Promise<void> {
  await Promise.all(
    runs.map((run) =>
      vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Stopping {0}", nameOf(app, run)) },
        async () => {
          await app.controller.stop(run);
          app.log.info(`Run ${run.id} stopped`);
        },
      ),
    ),
  );
}

export async function pauseRun(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Pause which runs?"),
    fits: ({ state }) => state === "running",
  });
  await Promise.all(runs.map((run) => app.controller.pause(run)));
}

export async function unpauseRun(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Continue which runs?"),
    fits: ({ state }) => state === "paused",
  });
  await Promise.all(runs.map((run) => app.controller.unpause(run)));
}

/** Ends the stage now; the run's panel and log say what came of it. */
export async function pruneNow(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Search for weights to prune in which runs?"),
    fits: ({ state }) => state === "running",
  });
  await Promise.all(runs.map((run) => app.controller.pruneNow(run)));
}

/** Into the run's folder `saved`, where it stays. */
export async function saveCheckpoint(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Save a checkpoint of which runs?"),
    fits: ({ state }) => state === "running" || state === "paused",
  });
  await Promise.all(runs.map((run) => app.controller.save(run)));
}

/** From the last checkpoint. */
export async function resumeRun(app: App, argument: unknown): Promise<void> {
  requireTrust();
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Resume which runs from their last checkpoint?"),
    fits: ({ state }) => RESUMABLE.has(state),
  });
  for (const run of runs) {
    await app.queue.resume(run);
    app.runs.select(run);
  }
}

function nameOf(app: App, run: Run): string {
  return app.runs.get(run.dir)?.name ?? run.id;
}
