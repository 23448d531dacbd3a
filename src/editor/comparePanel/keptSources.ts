/** The copies of model files that runs keep, as documents that cannot be edited: a run's folder is its record. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { WhittleError } from "../../protocol/errors.ts";
import type { RunRecord } from "../../protocol/run.ts";
import { explainFsError } from "../../runs/files/fsErrors.ts";
import { isInside, type Run } from "../../runs/files/layout.ts";
import { collectRunsFolders } from "../runs/runsFolders.ts";
import type { RunWatch } from "../runs/runWatch.ts";

const SCHEME = "whittle-source";

export function registerKeptSources(runs: RunWatch): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent({ fsPath }) {
      // Anybody can make such an address.
      const folders = [...collectRunsFolders(), ...runs.all().map(({ run }) => run.dir)];
      if (!folders.some((folder) => isInside(folder, fsPath))) {
        throw new WhittleError(vscode.l10n.t("{0} is not in a run of this workspace.", fsPath), {
          remedy: vscode.l10n.t("Open it as a file."),
        });
      }
      try {
        return await readFile(fsPath, "utf8");
      } catch (error) {
        throw explainFsError(error, fsPath, "read");
      }
    },
  });
}

export interface SourceOf {
  readonly run: Run;
  readonly record: RunRecord;
  readonly name: string;
}

/** In VS Code's own diff editor: the model file, or where that is the same in both, what it imports and is not. */
export async function showSourceDiff(left: SourceOf, right: SourceOf): Promise<void> {
  const title = vscode.l10n.t("Model source: {0} ↔ {1}", labelOf(left), labelOf(right));
  const path = changedPath(left.record, right.record);
  await vscode.commands.executeCommand("vscode.diff", sourceUri(left, path), sourceUri(right, path), title);
}

/** Relative to the model file's folder; undefined for the model file. */
function changedPath({ model: left }: RunRecord, { model: right }: RunRecord): string | undefined {
  if (left?.files === undefined || left.files[0]?.sha256 !== right?.files?.[0]?.sha256) return undefined;
  return left.files.find(({ path, sha256 }) =>
    right?.files?.some((other) => other.path === path && other.sha256 !== sha256),
  )?.path;
}

function sourceUri({ run, record: { model } }: SourceOf, path: string | undefined): vscode.Uri {
  const kept = model?.files?.find((each) => each.path === path) ?? model;
  const file = kept === undefined ? undefined : join(run.dir, kept.source);
  if (file === undefined || !isInside(run.dir, file)) {
    throw new WhittleError(vscode.l10n.t("Run {0} has kept no model source.", run.id), {
      remedy: vscode.l10n.t("It is kept when training begins; compare runs that got that far."),
    });
  }
  return vscode.Uri.file(file).with({ scheme: SCHEME });
}

function labelOf({ run, name }: SourceOf): string {
  return `${name} · ${run.id.slice(-4)}`;
}
