/** The status bar item: there while something is trained or queued. Also the context key that commands ask for. */
import * as vscode from "vscode";
import { Disposables } from "../base/disposables.ts";
import { type CommandId, RUNS_VIEW } from "../base/manifestNames.ts";
import { setContext } from "../base/setContext.ts";
import { describeProgress, describeTimeLeft } from "../runs/runSummary.ts";
import type { RunWatch, WatchedRun } from "../runs/runWatch.ts";

const SHOW: CommandId = "whittle.openPanel";

export function registerStatusBar(runs: RunWatch): vscode.Disposable {
  const registered = new Disposables();
  const item = registered.add(vscode.window.createStatusBarItem("whittle.runs", vscode.StatusBarAlignment.Left, 10));
  item.name = "Whittle";
  let wasTraining: boolean | undefined;
  const update = (): void => {
    const live = runs.live();
    // What is trained tells more than what waits.
    const first = live.find(({ state }) => state !== "queued") ?? live[0];
    if ((first !== undefined) !== wasTraining) {
      wasTraining = first !== undefined;
      setContext("whittle.isTraining", wasTraining);
    }
    if (first === undefined) {
      item.hide();
      return;
    }
    const more = live.length > 1 ? ` (+${live.length - 1})` : "";
    const icon = first.state === "paused" ? "debug-pause" : first.state === "queued" ? "clock" : "sync~spin";
    item.text = `$(${icon}) ${withoutIcons(first.name)}: ${describeLine(first)}${more}`;
    item.tooltip = live.map((one) => `${one.name} (${one.run.id}): ${describeLine(one)}`).join("\n");
    item.accessibilityInformation = { label: `Whittle, ${first.name}: ${describeLine(first)}`, role: "button" };
    item.command =
      live.length === 1
        ? { title: vscode.l10n.t("Show Run"), command: SHOW, arguments: [first.run.dir] }
        : { title: vscode.l10n.t("Show Runs"), command: `${RUNS_VIEW}.focus` };
    item.show();
  };
  registered.add(runs.onDidChange(update));
  return registered;
}

function describeLine({ state, progress }: WatchedRun): string {
  const timeLeft = state === "running" ? describeTimeLeft(progress) : undefined;
  return [describeProgress(state, progress), ...(timeLeft === undefined ? [] : [timeLeft])].join(" · ");
}

/** A name may hold `$(…)`, which the status bar would draw as an icon. */
function withoutIcons(name: string): string {
  return name.replaceAll("$(", "$ (");
}
