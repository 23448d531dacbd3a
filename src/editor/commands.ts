/** Every command of Whittle, and the one way they are run. */
import * as vscode from "vscode";
import type { App } from "./app.ts";
import { Disposables } from "./base/disposables.ts";
import type { CommandId } from "./base/manifestNames.ts";
import { showError } from "./base/showError.ts";
import { compareRuns, diffSources } from "./comparePanel/compareRuns.ts";
import { previewData } from "./dataPanel/previewData.ts";
import { exportModel } from "./exportModel/exportModel.ts";
import { openPanel, openRunFiles, showRunLog } from "./livePanel/showRuns.ts";
import { clearRunFilter, filterRuns, refreshRuns, sortRuns } from "./runsView/arrangeRuns.ts";
import { deleteRuns, pinRun, renameRun, tagRun, unpinRun } from "./runsView/curateRuns.ts";
import { exportMetrics } from "./runsView/exportMetrics.ts";
import { readViewArguments } from "./runsView/viewArguments.ts";
import { setUpEngine } from "./setUp/setUpEngine.ts";
import { showEnvironment } from "./setUp/showEnvironment.ts";
import { openWalkthrough } from "./setUp/walkthrough.ts";
import { newExperiment } from "./training/newExperiment.ts";
import { rerunWithChanges } from "./training/rerun.ts";
import { startBaseline, startRun } from "./training/startRun.ts";
import { pauseRun, pruneNow, resumeRun, saveCheckpoint, stopRun, unpauseRun } from "./training/steerRuns.ts";

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
  "whittle.exportModel": exportModel,
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
  "whittle.previewData": previewData,
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
