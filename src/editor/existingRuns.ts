/** Commands on runs that exist: stop, show. */
import * as vscode from "vscode";
import { WhittleError } from "../protocol/errors.ts";
import type { Run } from "../runs/layout.ts";
import type { App } from "./app.ts";
import { describeEnd, describeProgress, isLive } from "./runSummary.ts";
import { openKnownRun } from "./runsFolders.ts";
import type { WatchedRun } from "./runWatch.ts";

/** @param argument folder of a run; anything else lets the user pick among those that are being trained */
export async function stopRun(app: App, argument: unknown): Promise<void> {
  const run = await resolveRun(app, argument, app.runs.live(), "Stop which run?");
  if (run !== undefined) {
    await app.controller.stop(run);
    app.log.info(`Run ${run.id} stopped`);
  }
}

/** @param argument folder of a run; anything else lets the user pick */
export async function openPanel(app: App, argument: unknown): Promise<void> {
  const run = await resolveRun(app, argument, app.runs.all(), "Show which run?");
  if (run !== undefined) {
    app.panels.show(run);
  }
}

async function resolveRun(
  app: App,
  argument: unknown,
  choice: readonly WatchedRun[],
  title: string,
): Promise<Run | undefined> {
  if (typeof argument === "string") {
    const known = app.runs.all().map((watched) => watched.run);
    const run = await openKnownRun(argument, known);
    if (run === undefined) {
      throw new WhittleError(`${argument} is not a run of this workspace.`, {
        remedy: "Open the folder whose .whittle/runs it lies in.",
      });
    }
    return run;
  }
  const items = choice.map(({ run, record, state, progress }) => ({
    label: record.name,
    description: run.id,
    detail: isLive(state) ? describeProgress(state, progress) : describeEnd(record, state),
    run,
  }));
  if (items.length === 0) {
    throw new WhittleError("There is no such run in this workspace.", {
      remedy: "Start one with the lens Prune above a model.",
    });
  }
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.run;
}
