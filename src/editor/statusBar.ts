/** The status bar item: there while something is being trained. Also the context key that commands ask for. */
import * as vscode from "vscode";
import { Disposables } from "./disposables.ts";
import type { CommandId, ContextKey } from "./manifestNames.ts";
import { describeProgress } from "./runSummary.ts";
import type { RunWatch } from "./runWatch.ts";

const SHOW: CommandId = "whittle.openPanel";
const IS_TRAINING: ContextKey = "whittle.isTraining";

export function registerStatusBar(runs: RunWatch): vscode.Disposable {
  const registered = new Disposables();
  const item = registered.add(vscode.window.createStatusBarItem("whittle.runs", vscode.StatusBarAlignment.Left, 10));
  item.name = "Whittle";
  let wasTraining: boolean | undefined;
  const update = (): void => {
    const live = runs.live();
    const [first] = live;
    if ((first !== undefined) !== wasTraining) {
      wasTraining = first !== undefined;
      void vscode.commands.executeCommand("setContext", IS_TRAINING, wasTraining);
    }
    if (first === undefined) {
      item.hide();
      return;
    }
    const more = live.length > 1 ? ` (+${live.length - 1})` : "";
    item.text = `$(sync~spin) ${first.record.name}: ${describeProgress(first.state, first.progress)}${more}`;
    item.tooltip = live.map((one) => `${one.run.id}: ${describeProgress(one.state, one.progress)}`).join("\n");
    item.command = { title: "Show", command: SHOW, arguments: [first.run.dir] };
    item.show();
  };
  registered.add(runs.onDidChange(update));
  return registered;
}
