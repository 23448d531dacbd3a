/** The extension: everything is put together here, and nowhere else. */
import * as vscode from "vscode";
import { TrainingController } from "./controller/controller.ts";
import type { App } from "./editor/app.ts";
import { registerCommands } from "./editor/commands.ts";
import { createConfig } from "./editor/config.ts";
import { registerLenses } from "./editor/lenses.ts";
import { LivePanels } from "./editor/livePanels.ts";
import { collectRunsFolders } from "./editor/runsFolders.ts";
import { RunWatch } from "./editor/runWatch.ts";
import { showError } from "./editor/showError.ts";
import { registerStatusBar } from "./editor/statusBar.ts";

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Whittle", { log: true });
  const controller = new TrainingController({
    trainerFile: context.asAbsolutePath("dist/trainer.cjs"),
    // A reload of the window or the end of the editor does not end a run.
    detached: true,
  });
  const runs = new RunWatch(controller, log);
  const panels = new LivePanels({ extensionUri: context.extensionUri, controller, log });
  const app: App = { log, config: createConfig(log), controller, runs, panels };
  context.subscriptions.push(
    log,
    controller,
    runs,
    panels,
    registerCommands(app),
    registerStatusBar(runs),
    registerLenses(runs),
  );
  // Commands and lenses are there already; this fills in what ran before.
  for (const folder of collectRunsFolders()) {
    runs.load(folder).catch((error: unknown) => {
      log.error(error instanceof Error ? error : String(error));
      return showError(log, error);
    });
  }
}
