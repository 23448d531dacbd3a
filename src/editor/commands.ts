/** Every command of Whittle, and the one way they are run. */
import * as vscode from "vscode";
import type { App } from "./app.ts";
import { clearRunFilter, filterRuns, refreshRuns, sortRuns } from "./arrangeRuns.ts";
import { compareRuns, diffSources } from "./compareRuns.ts";
import { deleteRuns, pinRun, renameRun, tagRun, unpinRun } from "./curateRuns.ts";
import { Disposables } from "./disposables.ts";
import { showEnvironment } from "./environment.ts";
import { exportMetrics } from "./exportMetrics.ts";
import type { CommandId } from "./manifestNames.ts";
import { newExperiment } from "./newExperiment.ts";
import { rerunWithChanges } from "./rerun.ts";
import { setUpEngine } from "./setUpEngine.ts";
import { showError } from "./showError.ts";
import { openPanel, openRunFiles, showRunLog } from "./showRuns.ts";
import { startBaseline, startRun } from "./startRun.ts";
import { pauseRun, pruneNow, resumeRun, saveCheckpoint, stopRun, unpauseRun } from "./steerRuns.ts";
import { readViewArguments } from "./viewArguments.ts";
import { openWalkthrough } from "./walkthrough.ts";

type Handler = (app: App, argument: unknown) => Promise<void>;

const COMMANDS: Readonly<Record<CommandId, Handler>> = {
  "whittle.startRun": startRun,
  "whittle.startBaseline": startBaseline,
  "whittle.stopRun": stopRun,
  "whittle.pauseRun": pauseRun,
  "whittle.unpauseRun": unpauseRun,
  "whittle.resumeRun": resumeRun,
  "whittle.rerunWithChanges": rerunWithChanges,
  "whittle.pruneNow": pruneNow,
  "whittle.saveCheckpoint": saveCheckpoint,
  "whittle.exportMetrics": exportMetrics,
  "whittle.deleteRun": deleteRuns,
  "whittle.renameRun": renameRun,
  "whittle.tagRun": tagRun,
  "whittle.pinRun": pinRun,
  "whittle.unpinRun": unpinRun,
  "whittle.openRunFiles": openRunFiles,
  "whittle.showRunLog": showRunLog,
  "whittle.sortRuns": sortRuns,
  "whittle.filterRuns": filterRuns,
  "whittle.clearRunFilter": clearRunFilter,
  "whittle.refreshRuns": refreshRuns,
  "whittle.openPanel": openPanel,
  "whittle.compareRuns": compareRuns,
  "whittle.diffSources": diffSources,
  "whittle.newExperiment": newExperiment,
  "whittle.setUpEngine": setUpEngine,
  "whittle.showEnvironment": showEnvironment,
  "whittle.openWalkthrough": openWalkthrough,
  "whittle.showLog": async (app) => app.log.show(),
};

export function registerCommands(app: App): vscode.Disposable {
  const registered = new Disposables();
  for (const [id, handler] of Object.entries(COMMANDS)) {
    registered.add(
      vscode.commands.registerCommand(id, (...args: unknown[]) => {
        const argument = readViewArguments(args, app.view.selection, (path) => vscode.Uri.file(path).toString());
        return runCommand(app, id, () => handler(app, argument));
      }),
    );
  }
  return registered;
}

/** Logs start, end and duration; shows an error with its remedy, and its stack in the log. */
async function runCommand(app: App, id: string, run: () => Promise<void>): Promise<void> {
  const start = performance.now();
  app.log.debug(`${id} …`);
  try {
    await run();
    app.log.debug(`${id} took ${Math.round(performance.now() - start)} ms`);
  } catch (error) {
    if (error instanceof vscode.CancellationError) {
      app.log.debug(`${id} was cancelled`);
      return;
    }
    app.log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    // Not awaited: a message may stand for hours, and the command is over.
    void showError(app.log, error);
  }
}
