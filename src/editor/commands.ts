/** Every command of Whittle, and the one way they are run. */
import * as vscode from "vscode";
import type { App } from "./app.ts";
import { Disposables } from "./disposables.ts";
import { openPanel, stopRun } from "./existingRuns.ts";
import type { CommandId } from "./manifestNames.ts";
import { showError } from "./showError.ts";
import { startRun } from "./startRun.ts";

type Handler = (app: App, argument: unknown) => Promise<void>;

const COMMANDS: Readonly<Record<CommandId, Handler>> = {
  "whittle.startRun": startRun,
  "whittle.stopRun": stopRun,
  "whittle.openPanel": openPanel,
  "whittle.showLog": async (app) => app.log.show(),
};

export function registerCommands(app: App): vscode.Disposable {
  const registered = new Disposables();
  for (const [id, handler] of Object.entries(COMMANDS)) {
    registered.add(
      vscode.commands.registerCommand(id, (argument?: unknown) => runCommand(app, id, () => handler(app, argument))),
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
