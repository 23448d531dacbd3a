/** The code action on a model definition that puts the layer sizes of a run's smaller network into the text. */
import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import * as vscode from "vscode";
import { readLocalFile } from "../../models/localFile.ts";
import type { Resize } from "../../models/scan/resize.ts";
import type { Trainable } from "../../models/scan/trainables.ts";
import type { Compaction } from "../../protocol/compaction.ts";
import { messageOf } from "../../protocol/errors.ts";
import type { RunRecord } from "../../protocol/run.ts";
import { readCompaction } from "../../runs/record/compaction.ts";
import type { DefinitionScans } from "../lenses/definitionScans.ts";
import { MODEL_FILES } from "../lenses/lenses.ts";
import type { RunWatch, WatchedRun } from "../runs/runWatch.ts";
import { describeObstacle } from "./obstacles.ts";

const KIND = vscode.CodeActionKind.RefactorRewrite.append("whittle.sizes");

export interface SizeActionParts {
  readonly runs: RunWatch;
  readonly scans: DefinitionScans;
  readonly log: vscode.LogOutputChannel;
}

export function registerSizeAction(parts: SizeActionParts): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    MODEL_FILES,
    {
      provideCodeActions: async (document, range, { only }) => {
        if (document.languageId === "json" || only?.intersects(KIND) === false) {
          return [];
        }
        const all = await parts.scans.of(document);
        const found = all.find((each) => isAbout(document, range, each));
        const action = found && (await offer(parts, document, found, all));
        return action === undefined ? [] : [action];
      },
    },
    { providedCodeActionKinds: [KIND] },
  );
}

/** The line that declares the model, or one of a layer. */
function isAbout(document: vscode.TextDocument, range: vscode.Range, { start, layers }: Trainable): boolean {
  const declared = document.lineAt(document.positionAt(start)).range;
  const calls = layers.map(
    (layer) => new vscode.Range(document.positionAt(layer.start), document.positionAt(layer.end)),
  );
  return [declared, ...calls].some((place) => place.intersection(range) !== undefined);
}

async function offer(
  { runs, log }: SizeActionParts,
  document: vscode.TextDocument,
  found: Trainable,
  all: readonly Trainable[],
): Promise<vscode.CodeAction | undefined> {
  const [watched] = found.exportNames.flatMap((name) => runs.selectedOf(document.uri.fsPath, name) ?? []);
  const compaction = watched && (await readIfThere(watched, log));
  if (watched === undefined || compaction?.layers.some(({ before, after }) => after < before) !== true) {
    return undefined;
  }
  const name = `${watched.name} · ${watched.run.id.slice(-4)}`;
  const changed = findChanged(document, watched.record.model);
  if (changed !== undefined) {
    return refuse(name, vscode.l10n.t("{0} is not as it was when the run began.", changed));
  }
  const { resizeLayers } = await import("../../models/scan/resize.ts");
  const others = all.filter((each) => each !== found);
  const resizing = resizeLayers(document.getText(), document.uri.fsPath, found, others, compaction.layers);
  if ("obstacle" in resizing) {
    const line = document.positionAt(resizing.obstacle.at).line + 1;
    return refuse(name, vscode.l10n.t("line {0}, {1}", line, describeObstacle(resizing.obstacle)));
  }
  const action = new vscode.CodeAction(vscode.l10n.t("Use the sizes of the compact network of run {0}", name), KIND);
  action.edit = makeEdit(document, resizing.resizes, name);
  return action;
}

/** Menus show no reason beside an action that is disabled, so it stands in the action's title as well. */
function refuse(run: string, reason: string): vscode.CodeAction {
  const action = new vscode.CodeAction(vscode.l10n.t("The sizes of run {0} do not fit in: {1}", run, reason), KIND);
  action.disabled = { reason };
  return action;
}

async function readIfThere({ run, record }: WatchedRun, log: vscode.LogOutputChannel): Promise<Compaction | undefined> {
  if (record.result === undefined) {
    return undefined;
  }
  try {
    return await readCompaction(run);
  } catch (error) {
    log.warn(`The sizes of run ${run.id} are not offered: ${messageOf(error)}`);
    return undefined;
  }
}

/** The first of the run's source files that is another now. The model's own counts as it stands in the editor. */
function findChanged(document: vscode.TextDocument, model: RunRecord["model"]): string | undefined {
  const own = document.uri.fsPath;
  const [first, ...imported] = model?.files ?? [];
  if (hash(document.getText()) !== (first ?? model)?.sha256) {
    return vscode.workspace.asRelativePath(own);
  }
  const files = imported.map(({ path, sha256 }) => ({ file: resolve(dirname(own), path), sha256 }));
  const changed = files.find(({ file, sha256 }) => hash(readLocalFile(file) ?? "") !== sha256);
  return changed && vscode.workspace.asRelativePath(changed.file);
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Shown before it is made, since it makes another network of the model. */
function makeEdit(document: vscode.TextDocument, resizes: readonly Resize[], run: string): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, before, after, layers } of resizes) {
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), String(after), {
      needsConfirmation: true,
      label: vscode.l10n.t("Sizes of the compact network of run {0}", run),
      description: `${layers.join(", ")}: ${before} → ${after}`,
    });
  }
  return edit;
}
