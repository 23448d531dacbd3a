/** Problems that runs found in open model files: a definition that failed, on its line, and layers that have collapsed. */
import * as vscode from "vscode";
import type { Trainable } from "../../models/scan/trainables.ts";
import { Disposables } from "../base/disposables.ts";
import { showError } from "../base/showError.ts";
import { collectLayerRuns, runsOfTrainable } from "../lenses/definitionRuns.ts";
import type { DefinitionScans } from "../lenses/definitionScans.ts";
import { MODEL_FILES } from "../lenses/lenses.ts";
import type { RunWatch, WatchedRun } from "../runs/runWatch.ts";
import { findLineAgain } from "./failedLine.ts";
import { sumFigures } from "./layerFigures.ts";

/** After the last edit or news, before problems are looked at again. Milliseconds. */
const PAUSE_MS = 300;
const SOURCE = "Whittle";

/** The line that a run complained about, as it was when this window saw it first. */
interface FailedLine {
  readonly line: number;
  readonly text: string;
}

export function registerDiagnostics(
  runs: RunWatch,
  scans: DefinitionScans,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const registered = new Disposables();
  const problems = registered.add(vscode.languages.createDiagnosticCollection("whittle"));
  /** By run folder; undefined where the file had been changed before this window saw the failure. */
  const failedLines = new Map<string, FailedLine | undefined>();
  const waiting = new Map<string, NodeJS.Timeout>();
  const isModelFile = (document: vscode.TextDocument) => vscode.languages.match(MODEL_FILES, document) > 0;

  const update = async (document: vscode.TextDocument): Promise<void> => {
    const trainables = await scans.of(document);
    const modelFile = document.uri.fsPath;
    const found: vscode.Diagnostic[] = [];
    for (const trainable of trainables) {
      const [last] = runsOfTrainable(runs, modelFile, trainable);
      if (last?.state === "failed") {
        found.push(...(await describeFailure(document, trainable, last, failedLines)));
      }
    }
    for (const { layer, tensors, watched } of collectLayerRuns(runs, modelFile, trainables)) {
      if (sumFigures(tensors).isCollapsed) {
        const message = vscode.l10n.t(
          "This layer has collapsed in run {0}: no weight is left, so nothing passes through it. A smaller pruning.tolerance, or pruning.layers without it, keeps it.",
          watched.run.id,
        );
        const range = new vscode.Range(document.positionAt(layer.start), document.positionAt(layer.end));
        found.push(makeProblem(firstLine(document, range), message, "collapsed", vscode.DiagnosticSeverity.Warning));
      }
    }
    if (!document.isClosed) {
      problems.set(document.uri, found);
    }
  };
  const updateSoon = (document: vscode.TextDocument): void => {
    if (!isModelFile(document)) {
      return;
    }
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.set(
      key,
      setTimeout(() => {
        waiting.delete(key);
        update(document).catch((error: unknown) => showError(log, error));
      }, PAUSE_MS),
    );
  };
  const updateAll = (): void => {
    for (const document of vscode.workspace.textDocuments) {
      // News come four times a second during a run; the timer that they would put off has to run out now and then.
      if (!waiting.has(document.uri.toString())) {
        updateSoon(document);
      }
    }
  };

  registered.add(vscode.workspace.onDidOpenTextDocument(updateSoon));
  registered.add(vscode.workspace.onDidChangeTextDocument(({ document }) => updateSoon(document)));
  registered.add(vscode.workspace.onDidCloseTextDocument((document) => problems.delete(document.uri)));
  registered.add(runs.onDidChange(updateAll));
  registered.add({ dispose: () => [...waiting.values()].forEach(clearTimeout) });
  updateAll();
  return registered;
}

async function describeFailure(
  document: vscode.TextDocument,
  { start, end }: Trainable,
  { run, record }: WatchedRun,
  failedLines: Map<string, FailedLine | undefined>,
): Promise<readonly vscode.Diagnostic[]> {
  const { error } = record;
  if (error === undefined) {
    return [];
  }
  // The problem stands on that line, which may have moved since.
  const place = `${record.plan.modelFile}:${error.line}: `;
  const what = error.message.startsWith(place) ? error.message.slice(place.length) : error.message;
  const message = `${what} ${error.remedy}`;
  const severity = vscode.DiagnosticSeverity.Error;
  if (error.line === undefined) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    return (await isOlder(document, record.updatedAt))
      ? [makeProblem(firstLine(document, range), message, "failed", severity)]
      : [];
  }
  if (!failedLines.has(run.dir)) {
    const line = error.line - 1;
    const isThere = line < document.lineCount && !document.isDirty && (await isOlder(document, record.updatedAt));
    failedLines.set(run.dir, isThere ? { line, text: document.lineAt(line).text } : undefined);
  }
  const failed = failedLines.get(run.dir);
  const lines = document.getText().split(/\r?\n/);
  const line = failed && findLineAgain(lines, failed.line, failed.text);
  return line === undefined
    ? []
    : [makeProblem(firstLine(document, document.lineAt(line).range), message, "failed", severity)];
}

/** Saved before that time: what the run complained about is still what stands there. */
async function isOlder(document: vscode.TextDocument, time: string): Promise<boolean> {
  const { mtime } = await vscode.workspace.fs.stat(document.uri);
  return mtime <= Date.parse(time);
}

/** Of a range its first line only, without the blanks around it: a long red block helps nobody. */
function firstLine(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  const line = document.lineAt(range.start.line);
  const from = Math.max(range.start.character, line.firstNonWhitespaceCharacterIndex);
  const to = range.isSingleLine ? range.end.character : line.text.trimEnd().length;
  return new vscode.Range(line.lineNumber, from, line.lineNumber, to);
}

function makeProblem(
  range: vscode.Range,
  message: string,
  code: string,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const problem = new vscode.Diagnostic(range, message, severity);
  problem.source = SOURCE;
  problem.code = code;
  return problem;
}
