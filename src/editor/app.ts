import type * as vscode from "vscode";
import type { TrainingController } from "../controller/controller.ts";
import type { Config } from "./base/config.ts";
import type { Memory } from "./base/memory.ts";
import type { ComparePanels } from "./comparePanel/comparePanels.ts";
import type { DefinitionScans } from "./lenses/definitionScans.ts";
import type { LivePanels } from "./livePanel/livePanels.ts";
import type { RunQueue } from "./runs/runQueue.ts";
import type { RunsFolders } from "./runs/runsFolders.ts";
import type { RunWatch } from "./runs/runWatch.ts";
import type { RunsView } from "./runsView/runsView.ts";
import type { CliProgram } from "./setUp/cliProgram.ts";
import type { EnvironmentPage } from "./setUp/environmentPage.ts";

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
  readonly memory: Memory;
  readonly environment: EnvironmentPage;
  readonly cli: CliProgram;
  /** Where the native engine is installed, for people. */
  readonly engineFolder: string;
  readonly extension: Pick<vscode.Extension<unknown>, "id" | "extensionUri" | "packageJSON">;
}
