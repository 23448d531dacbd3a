/** The extension: everything is put together here, and nowhere else. */
import { join } from "node:path";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { TrainingController } from "./controller/controller.ts";
import type { App } from "./editor/app.ts";
import { createConfig } from "./editor/base/config.ts";
import { createMemory } from "./editor/base/memory.ts";
import { registerCommands } from "./editor/commands.ts";
import { ComparePanels } from "./editor/comparePanel/comparePanels.ts";
import { registerKeptSources } from "./editor/comparePanel/keptSources.ts";
import { registerDiagnostics } from "./editor/hints/diagnostics.ts";
import { registerLayerNotes } from "./editor/hints/layerNotes.ts";
import { DefinitionScans } from "./editor/lenses/definitionScans.ts";
import { registerLenses } from "./editor/lenses/lenses.ts";
import { LivePanels } from "./editor/livePanel/livePanels.ts";
import { registerEndNotifications } from "./editor/notices/notifications.ts";
import { registerStatusBar } from "./editor/notices/statusBar.ts";
import { registerSizeAction } from "./editor/rewrite/sizeAction.ts";
import { RunQueue } from "./editor/runs/runQueue.ts";
import { RunsFolders } from "./editor/runs/runsFolders.ts";
import { RunWatch } from "./editor/runs/runWatch.ts";
import { RunsView } from "./editor/runsView/runsView.ts";
import { createCliProgram } from "./editor/setUp/cliProgram.ts";
import { chooseEngineFolder } from "./editor/setUp/engineFolder.ts";
import { EnvironmentPage } from "./editor/setUp/environmentPage.ts";

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Whittle", { log: true });
  const engineFolder = chooseEngineFolder(context);
  const config = createConfig(log);
  const controller = new TrainingController({
    trainerFile: context.asAbsolutePath("dist/trainer.cjs"),
    // A reload of the window or the end of the editor does not end a run.
    detached: true,
    env: engineFolder.env,
    compileCache: join(context.globalStorageUri.fsPath, "compiled"),
    isHosted: () => config.trainingProcess() === "extensionHost",
  });
  // For texts in files that know no editor; those that know one use vscode.l10n.
  l10n.config({ contents: vscode.l10n.bundle ?? {} });
  const memory = createMemory(context.workspaceState);
  const runs = new RunWatch(controller, log, memory);
  const folders = new RunsFolders(runs, log);
  const view = new RunsView({ runs, folders, memory });
  const queue = new RunQueue({ controller, runs, folders, config, log });
  const panels = new LivePanels({ extensionUri: context.extensionUri, controller, runs, log });
  const comparePanels = new ComparePanels({ extensionUri: context.extensionUri, runs, log });
  const scans = new DefinitionScans();
  const environment = new EnvironmentPage();
  const app: App = {
    log,
    config,
    controller,
    runs,
    queue,
    folders,
    view,
    panels,
    comparePanels,
    scans,
    memory,
    environment,
    cli: createCliProgram(context.asAbsolutePath("dist/cli.cjs"), engineFolder.env),
    engineFolder: engineFolder.name,
    extension: context.extension,
  };
  context.subscriptions.push(
    log,
    controller,
    runs,
    queue,
    folders,
    view,
    panels,
    comparePanels,
    registerKeptSources(runs),
    scans,
    environment,
    registerCommands(app),
    registerStatusBar(runs),
    registerLenses(runs, scans),
    registerLayerNotes(runs, scans),
    registerDiagnostics(runs, scans, log),
    registerSizeAction({ runs, scans, log }),
    registerEndNotifications(app),
  );
}
