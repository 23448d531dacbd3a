/** Code lenses above model definitions: start, progress and stop, last result. */
import * as vscode from "vscode";
import { type FoundDefinition, scanDefinitions } from "../models/scan.ts";
import { MODEL_LANGUAGES } from "./manifestNames.ts";
import { describeEnd, describeProgress, isLive } from "./runSummary.ts";
import type { RunWatch, WatchedRun } from "./runWatch.ts";
import type { StartTarget } from "./startRun.ts";

export const MODEL_FILES: vscode.DocumentSelector = MODEL_LANGUAGES.map((language) => ({ language, scheme: "file" }));

export function registerLenses(runs: RunWatch): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(MODEL_FILES, {
    onDidChangeCodeLenses: runs.onDidChange,
    provideCodeLenses: (document) =>
      scanDefinitions(document.getText(), document.fileName).flatMap((found) => {
        const start = document.positionAt(found.start);
        const range = new vscode.Range(start, start);
        return collectLensCommands(document.uri, found, runs.of(document.uri.fsPath, found.exportName)).map(
          (command) => new vscode.CodeLens(range, command),
        );
      }),
  });
}

/** @param runs of this definition, newest first */
function collectLensCommands(
  uri: vscode.Uri,
  found: FoundDefinition,
  runs: readonly WatchedRun[],
): readonly vscode.Command[] {
  const target: StartTarget = { uri: uri.toString(), exportName: found.exportName };
  const live = runs.find((watched) => isLive(watched.state));
  if (live !== undefined) {
    return [
      {
        title: `$(sync~spin) ${describeProgress(live.state, live.progress)}`,
        tooltip: "Show this run in its panel",
        command: "whittle.openPanel",
        arguments: [live.run.dir],
      },
      {
        title: "$(debug-stop) Stop",
        tooltip: `Stop run ${live.run.id}; it can be resumed`,
        command: "whittle.stopRun",
        arguments: [live.run.dir],
      },
    ];
  }
  const start: vscode.Command = {
    title: "▶ Prune",
    tooltip: `Train and prune ${found.name} with its settings`,
    command: "whittle.startRun",
    arguments: [target],
  };
  const [last] = runs;
  return last === undefined ? [start] : [start, lastRunCommand(last)];
}

function lastRunCommand({ run, record, state }: WatchedRun): vscode.Command {
  const time = new Date(record.updatedAt).toLocaleString();
  return {
    title: `Last: ${describeEnd(record, state).slice(0, 120)}`,
    tooltip: `Run ${run.id}, ${state}, ${time}`,
    command: "whittle.openPanel",
    arguments: [run.dir],
  };
}
