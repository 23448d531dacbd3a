/** The rows of the Runs view. */
import * as vscode from "vscode";
import { asLocalTime, asMetric, asPercent, asStrength } from "../../protocol/figures.ts";
import type { RunState } from "../../protocol/run.ts";
import { metricName, metricOf } from "../../runs/compare/listedRuns.ts";
import type { CommandId } from "../base/manifestNames.ts";
import { describeEnd, describeState, describeTimeLeft, isLive } from "../runs/runSummary.ts";
import type { UnreadableRun, WatchedRun } from "../runs/runWatch.ts";
import { idOf, type RunRow } from "./runRows.ts";
import { contextOf, describeRow, type ExperimentNode } from "./runTree.ts";

const SHOW: CommandId = "whittle.openPanel";

const ICONS: Readonly<Record<RunState, readonly [icon: string, color?: string]>> = {
  queued: ["clock"],
  starting: ["loading~spin"],
  running: ["sync~spin", "charts.blue"],
  paused: ["debug-pause", "charts.yellow"],
  stopping: ["loading~spin"],
  done: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  stopped: ["circle-slash"],
  interrupted: ["warning", "list.warningForeground"],
};

/** Without the hover of a run, see `describeRun`. @param watched the run of the row, if it is one */
export function renderRow(row: RunRow, watched: WatchedRun | undefined): vscode.TreeItem {
  const item = renderKind(row, watched);
  item.id = idOf(row);
  return item;
}

function renderKind(row: RunRow, watched: WatchedRun | undefined): vscode.TreeItem {
  switch (row.kind) {
    case "experiment":
      return renderExperiment(row.experiment);
    case "run":
      // Deleted a moment ago: the row goes with the next drawing.
      return watched === undefined ? new vscode.TreeItem(row.run.id) : renderRun(watched);
    case "unreadable":
      return renderUnreadable(row.unreadable);
    default:
      return row satisfies never;
  }
}

function renderExperiment({ modelFile, exportName, label, runs }: ExperimentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.description = `${vscode.workspace.asRelativePath(modelFile, false)} · ${runs.length}`;
  item.tooltip = `${modelFile}#${exportName}`;
  item.iconPath = new vscode.ThemeIcon("beaker");
  item.contextValue = "experiment";
  item.accessibilityInformation = {
    label: vscode.l10n.t("Experiment {0}, {1} runs, {2}", label, runs.length, modelFile),
  };
  return item;
}

function renderRun(watched: WatchedRun): vscode.TreeItem {
  const { run, name, marks, state } = watched;
  const item = new vscode.TreeItem(name);
  const description = describeRow(watched, Date.now(), vscode.env.language);
  item.description = description;
  // A pin says more than that a run is over; what is going on or went wrong is told all the same.
  const [icon, color] = marks.pinned && state === "done" ? ["pinned", "testing.iconPassed"] : ICONS[state];
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = contextOf(state, marks.pinned);
  item.command = { title: vscode.l10n.t("Show Run"), command: SHOW, arguments: [run.dir] };
  const said = [name, describeState(state), ...(marks.pinned ? [vscode.l10n.t("pinned")] : []), description];
  item.accessibilityInformation = { label: said.join(", ") };
  return item;
}

function renderUnreadable({ run, problem }: UnreadableRun): vscode.TreeItem {
  const item = new vscode.TreeItem(run.id);
  item.description = problem;
  item.tooltip = problem;
  item.iconPath = new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.errorForeground"));
  item.contextValue = "unreadable";
  return item;
}

/** The hover of a row, made when it is asked for. As plain text: names come from anywhere. */
export function describeRun(watched: WatchedRun): string {
  const { run, name, marks, state, record, progress } = watched;
  const { settings, engine, data, result } = record;
  const metric = metricOf(watched);
  const label = metricName(record);
  const timeLeft = isLive(state) ? describeTimeLeft(progress) : undefined;
  const lines: (readonly [string, string] | undefined)[] = [
    [vscode.l10n.t("State"), isLive(state) ? describeState(state) : describeEnd(record, state)],
    timeLeft === undefined ? undefined : [vscode.l10n.t("Time"), timeLeft],
    metric === undefined
      ? undefined
      : [
          metric.split === "test" ? vscode.l10n.t("{0} (test)", label) : vscode.l10n.t("{0} (validation)", label),
          asMetric(label, metric.value),
        ],
    result === undefined
      ? undefined
      : [vscode.l10n.t("{0} dense (test)", label), asMetric(label, result.referenceTest.metric)],
    result === undefined ? undefined : [vscode.l10n.t("Sparsity"), asPercent(result.sparsity, 2)],
    [vscode.l10n.t("Started"), asLocalTime(record.createdAt)],
    settings === undefined
      ? undefined
      : [
          vscode.l10n.t("Method"),
          `${settings.pruning.method}, ${asStrength(settings.pruning)}, ${vscode.l10n.t("seed {0}", settings.seed)}`,
        ],
    data === undefined ? undefined : [vscode.l10n.t("Data"), data.spec],
    engine === undefined ? undefined : [vscode.l10n.t("Engine"), engine.name],
    marks.tags.length === 0 ? undefined : [vscode.l10n.t("Tags"), marks.tags.join(", ")],
    [vscode.l10n.t("Id"), run.id],
  ];
  return [name, ...lines.flatMap((line) => (line === undefined ? [] : [`${line[0]}: ${line[1]}`]))].join("\n");
}
