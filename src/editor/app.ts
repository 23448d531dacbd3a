import type * as vscode from "vscode";
import type { TrainingController } from "../controller/controller.ts";
import type { Config } from "./config.ts";
import type { LivePanels } from "./livePanels.ts";
import type { RunWatch } from "./runWatch.ts";

/** The parts that commands and views work with, made once in `activate`. */
export interface App {
  readonly log: vscode.LogOutputChannel;
  readonly config: Config;
  readonly controller: TrainingController;
  readonly runs: RunWatch;
  readonly panels: LivePanels;
}
