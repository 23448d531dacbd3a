/** Start a run from a model definition. */
import * as vscode from "vscode";
import { z } from "zod";
import { scanDefinitions } from "../models/scan.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { RunPlan } from "../protocol/run.ts";
import type { App } from "./app.ts";
import { MODEL_LANGUAGES } from "./manifestNames.ts";
import { runsFolderFor } from "./runsFolders.ts";

const startTargetSchema = z.strictObject({ uri: z.string().min(1), exportName: z.string().min(1) });
/** All that a lens hands over: it works when no editor is active. */
export type StartTarget = z.infer<typeof startTargetSchema>;

/** @param argument a `StartTarget`; anything else, as from the palette, lets the user pick in the active editor */
export async function startRun(app: App, argument: unknown): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new WhittleError("A model file is code, and this workspace is not trusted, so no run was started.", {
      remedy: "Trust the workspace first.",
    });
  }
  const target = startTargetSchema.safeParse(argument).data ?? (await pickTarget());
  if (target === undefined) {
    return;
  }
  const uri = vscode.Uri.parse(target.uri, true);
  if (uri.scheme !== "file") {
    throw new WhittleError(`${uri.toString(true)} is not a file on disk, so it cannot be trained.`, {
      remedy: "Save it in a folder of this computer first.",
    });
  }
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) {
    throw new WhittleError(`${uri.fsPath} could not be saved, so no run was started.`, { remedy: "Save it first." });
  }
  const engine = app.config.engine(uri);
  const plan: RunPlan = Object.freeze({
    modelFile: uri.fsPath,
    exportName: target.exportName,
    // `auto` is no wish: the experiment's own setting holds.
    overrides: engine === "auto" ? {} : { engine },
  });
  const name = target.exportName === "default" ? baseName(uri) : target.exportName;
  const run = await app.controller.start(runsFolderFor(uri), plan, name);
  app.log.info(`Run ${run.id} started in ${run.dir}`);
  app.runs.follow(run);
  if (app.config.openPanelOnStart(uri)) {
    app.panels.show(run);
  }
}

async function pickTarget(): Promise<StartTarget | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const isModelFile = MODEL_LANGUAGES.some((language) => language === document?.languageId);
  const found = document !== undefined && isModelFile ? scanDefinitions(document.getText(), document.fileName) : [];
  if (document === undefined || found.length === 0) {
    throw new WhittleError("The active editor shows no model definition.", {
      remedy: "Open a TypeScript or JavaScript file that exports a function which returns a tf.LayersModel.",
    });
  }
  const items = found.map(({ name, exportName, kind }) => ({ label: name, description: kind, exportName }));
  const picked =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: "Prune which model?" });
  return picked && { uri: document.uri.toString(), exportName: picked.exportName };
}

/** `lenet300.model.ts` → `lenet300` */
function baseName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1).replace(/(\.model)?\.\w+$/, "");
}
