/** Code lenses above model definitions: start, progress and stop, last result, compare. */
import * as vscode from "vscode";
import type { Trainable } from "../../models/scan/trainables.ts";
import { describeAge } from "../base/age.ts";
import { Disposables } from "../base/disposables.ts";
import { MODEL_LANGUAGES } from "../base/manifestNames.ts";
import type { StartTarget } from "../base/startTarget.ts";
import { describeEnd, describeProgress, isLive } from "../runs/runSummary.ts";
import type { RunWatch, WatchedRun } from "../runs/runWatch.ts";
import { runsOfTrainable } from "./definitionRuns.ts";
import type { DefinitionScans } from "./definitionScans.ts";
import { SpacedNews } from "./spacedNews.ts";

export const MODEL_FILES: vscode.DocumentSelector = MODEL_LANGUAGES.map((language) => ({ language, scheme: "file" }));

/** Lenses are short: a failure's whole message is in the tooltip. Characters. */
const LONGEST_RESULT = 80;
/** So that `12 min ago` stays true. Milliseconds. */
const AGE_REFRESH_MS = 60_000;
/** Beside another editor, which may wait longer for silence. */
const NEWS_PAUSE_MS = 1000;
/** Longer than an editor on a machine at ease takes. */
const NEWS_PATIENCE_MS = 2000;

export function registerLenses(runs: RunWatch, scans: DefinitionScans): vscode.Disposable {
  const registered = new Disposables();
  const changed = registered.add(new vscode.EventEmitter<void>());
  const news = registered.add(new SpacedNews(() => changed.fire(), NEWS_PAUSE_MS, NEWS_PATIENCE_MS));
  registered.add(runs.onDidChange(() => news.change()));
  registered.add(scans.onDidChange(() => news.change()));
  registered.add(vscode.workspace.onDidGrantWorkspaceTrust(() => news.change()));
  const timer = setInterval(() => news.change(), AGE_REFRESH_MS);
  registered.add({ dispose: () => clearInterval(timer) });
  registered.add(
    vscode.languages.registerCodeLensProvider(MODEL_FILES, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: async (document) => {
        news.asked();
        const all = await scans.of(document);
        const lines = all.map(({ start }) => document.positionAt(start).line);
        return all.flatMap((found) => {
          const start = document.positionAt(found.start);
          const range = new vscode.Range(start, start);
          const isAlone = lines.filter((line) => line === start.line).length === 1;
          const own = runsOfTrainable(runs, document.uri.fsPath, found);
          return collectLensCommands(document.uri, found, own, isAlone).map(
            (command) => new vscode.CodeLens(range, command),
          );
        });
      },
    }),
  );
  return registered;
}

/**
 * The editor swallows a plain blank after an icon.
 * @param runs of this definition, newest first
 * @param isAlone no other definition stands on its line
 */
function collectLensCommands(
  uri: vscode.Uri,
  found: Trainable,
  runs: readonly WatchedRun[],
  isAlone: boolean,
): readonly vscode.Command[] {
  const target: StartTarget = { uri: uri.toString(), exportName: found.exportName };
  const live = runs.find((watched) => isLive(watched.state));
  const last = runs.find((watched) => !isLive(watched.state));
  return [
    ...(live === undefined ? startCommands(found, target, isAlone) : liveCommands(live)),
    ...(last === undefined ? [] : [lastRunCommand(last)]),
    ...(runs.length < 2 ? [] : [compareCommand(found, target)]),
  ];
}

function compareCommand(found: Trainable, target: StartTarget): vscode.Command {
  return {
    title: vscode.l10n.t("Compare…"),
    tooltip: vscode.l10n.t("Compare runs of {0}", found.name),
    command: "whittle.compareRuns",
    arguments: [target],
  };
}

function startCommands(found: Trainable, target: StartTarget, isAlone: boolean): readonly vscode.Command[] {
  if (!vscode.workspace.isTrusted) {
    return [
      {
        title: `$(shield)\u00a0${vscode.l10n.t("Trust the workspace to prune")}`,
        tooltip: vscode.l10n.t("A model file is code; in a workspace that is not trusted, Whittle runs none."),
        command: "workbench.trust.manage",
      },
    ];
  }
  return [
    {
      title: `▶ ${isAlone ? vscode.l10n.t("Prune") : vscode.l10n.t("Prune {0}", found.name)}`,
      tooltip: vscode.l10n.t("Train and prune {0} with its settings", found.name),
      command: "whittle.startRun",
      arguments: [target],
    },
    {
      title: vscode.l10n.t("Baseline"),
      tooltip: vscode.l10n.t("Train {0} dense, without pruning, to compare with", found.name),
      command: "whittle.startBaseline",
      arguments: [target],
    },
  ];
}

function liveCommands({ run, state, progress }: WatchedRun): readonly vscode.Command[] {
  return [
    {
      title: `$(sync~spin)\u00a0${describeProgress(state, progress)}`,
      tooltip: vscode.l10n.t("Show this run in its panel"),
      command: "whittle.openPanel",
      arguments: [run.dir],
    },
    {
      title: `$(debug-stop)\u00a0${vscode.l10n.t("Stop")}`,
      tooltip: vscode.l10n.t("Stop run {0}; it can be resumed", run.id),
      command: "whittle.stopRun",
      arguments: [run.dir],
    },
  ];
}

function lastRunCommand({ run, record, state }: WatchedRun): vscode.Command {
  const end = describeEnd(record, state);
  const short = end.length > LONGEST_RESULT ? `${end.slice(0, LONGEST_RESULT)}…` : end;
  const time = new Date(record.updatedAt).toLocaleString();
  return {
    title: vscode.l10n.t("Last: {0}", `${short}, ${describeAge(record.updatedAt, Date.now(), vscode.env.language)}`),
    tooltip: `${vscode.l10n.t("Run {0}, {1}, {2}", run.id, state, time)}\n${end}`,
    command: "whittle.openPanel",
    arguments: [run.dir],
  };
}
