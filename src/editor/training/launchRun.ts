/** From a definition to a run that is going on. */
import * as vscode from "vscode";
import { readLocalFile } from "../../models/localFile.ts";
import { kindOfKerasFile } from "../../models/scan/kerasFiles.ts";
import { localFilesOf } from "../../models/scan/localFiles.ts";
import { nameOfFile } from "../../models/scan/nameOfFile.ts";
import { WhittleError } from "../../protocol/errors.ts";
import type { RunPlan } from "../../protocol/run.ts";
import type { App } from "../app.ts";
import type { StartTarget } from "../base/startTarget.ts";
import { requireTrust } from "../base/trust.ts";
import { showProgress } from "../notices/notifications.ts";
import { pickArguments } from "../pick/pickArguments.ts";
import { runsFolderFor } from "../runs/runsFolders.ts";

export interface LaunchOptions {
  /** Settings that win over the experiment's own. */
  readonly overrides: RunPlan["overrides"];
  /** After the name of the definition, e.g. `dense`. */
  readonly nameSuffix?: string;
}

/** The file, and those that it imports, are saved first: what is trained is what is seen. */
export async function launchRun(app: App, target: StartTarget, options: LaunchOptions): Promise<void> {
  requireTrust();
  const uri = vscode.Uri.parse(target.uri, true);
  if (uri.scheme !== "file") {
    throw new WhittleError(vscode.l10n.t("{0} is not a file on disk, so it cannot be trained.", uri.toString(true)), {
      remedy: vscode.l10n.t("Save it in a folder of this computer first."),
    });
  }
  // A file of Keras is no text: there is nothing to save, and it takes no arguments.
  const overrides =
    kindOfKerasFile(uri.path) === undefined
      ? await prepareSource(app, uri, target, options.overrides)
      : options.overrides;
  if (overrides === undefined) return;
  const engine = app.config.engine(uri);
  const plan: RunPlan = Object.freeze({
    modelFile: uri.fsPath,
    exportName: target.exportName,
    // `auto` is no wish: the experiment's own setting holds.
    overrides: engine === "auto" ? overrides : { engine, ...overrides },
  });
  const base = target.exportName === "default" ? nameOfFile(uri.fsPath) : target.exportName;
  const name = options.nameSuffix === undefined ? base : `${base} (${options.nameSuffix})`;
  const run = await app.queue.start(runsFolderFor(uri), plan, name);
  if (app.config.notifications(uri) === "progress") {
    showProgress(app, run, name);
  }
  if (app.config.openPanelOnStart(uri)) {
    app.panels.show(run);
  }
}

/** Saves what is trained. @returns the overrides, with values for parameters; undefined when the user gave none */
async function prepareSource(
  app: App,
  uri: vscode.Uri,
  target: StartTarget,
  overrides: RunPlan["overrides"],
): Promise<RunPlan["overrides"] | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  const imported = new Set([...localFilesOf(uri.fsPath, document.getText(), readLocalFile)].map(({ file }) => file));
  for (const each of [document, ...vscode.workspace.textDocuments.filter(({ fileName }) => imported.has(fileName))]) {
    if (each.isDirty && !(await each.save())) {
      throw new WhittleError(vscode.l10n.t("{0} could not be saved, so no run was started.", each.fileName), {
        remedy: vscode.l10n.t("Save it first."),
      });
    }
  }
  return withArguments(app, document, target, overrides);
}

/** With values for the parameters of the model's function; undefined when the user gave none. */
async function withArguments(
  app: App,
  document: vscode.TextDocument,
  { exportName }: StartTarget,
  overrides: RunPlan["overrides"],
): Promise<RunPlan["overrides"] | undefined> {
  const definition = (await app.scans.of(document)).find((each) => each.exportName === exportName);
  const key = `${document.uri.fsPath}#${exportName}`;
  const all = app.memory.get("givenArguments") ?? {};
  const known = (overrides["args"] ?? {}) as Readonly<Record<string, unknown>>;
  const given = await pickArguments(exportName, definition?.parameters ?? [], known, all[key] ?? {});
  if (given === undefined || Object.keys(given).length === 0) return given && overrides;
  app.memory.set("givenArguments", { ...all, [key]: given });
  return { ...overrides, args: { ...known, ...given } };
}
