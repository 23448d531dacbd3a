import type * as vscode from "vscode";
import type { TrainingController } from "../controller/controller.ts";
import type { CliProgram } from "./cliProgram.ts";
import type { ComparePanels } from "./comparePanels.ts";
import type { Config } from "./config.ts";
import type { DefinitionScans } from "./definitionScans.ts";
import type { EnvironmentPage } from "./environment.ts";
import type { LivePanels } from "./livePanels.ts";
import type { RunQueue } from "./runQueue.ts";
import type { RunsFolders } from "./runsFolders.ts";
import type { RunsView } from "./runsView.ts";
import type { RunWatch } from "./runWatch.ts";

/** The parts that commands and views work with, made once in `activate`. */
export interface App {
  readonly log: vscode.LogOutputChannel;
  readonly config: Config;
  readonly controller: TrainingController;
  readonly runs: RunWatch;
  readonly queue: RunQueue;
  readonly folders: RunsFolders;
  readonly view: RunsView;
  readonly panels: LivePanels;
  readonly comparePanels: ComparePanels;
  readonly scans: DefinitionScans;
  readonly environment: EnvironmentPage;
  readonly cli: CliProgram;
  /** Where the native engine is installed, for people. */
  readonly engineFolder: string;
  readonly extension: Pick<vscode.Extension<unknown>, "id" | "extensionUri" | "packageJSON">;
}
