/** `New Experiment…`: a model file to begin with, from one of the examples. */
import { homedir } from "node:os";
import * as vscode from "vscode";
import { z } from "zod";
import { nameOfFile } from "../../models/scan/nameOfFile.ts";
import { WhittleError } from "../../protocol/errors.ts";
import type { App } from "../app.ts";

/** Example → what it is. */
const TEMPLATES = {
  mlp: () => vscode.l10n.t("Two dense layers, 79,510 parameters: pruned in under a minute"),
  lenet300: () => vscode.l10n.t("Three dense layers, 266,610 parameters: the classic of the pruning literature"),
  lenet5: () => vscode.l10n.t("Two convolutions and two dense layers, 431,080 parameters"),
  friedman: () => vscode.l10n.t("A regression on data of its own: which of ten inputs matter?"),
} as const;
type Template = keyof typeof TEMPLATES;

const argumentSchema = z.strictObject({
  template: z.enum(Object.keys(TEMPLATES) as [Template, ...Template[]]),
  uri: z.string().min(1),
});

/** @param argument template and file to make; anything else lets the user pick both */
export async function newExperiment(app: App, argument: unknown): Promise<void> {
  const given = argumentSchema.safeParse(argument).data;
  const template = given?.template ?? (await pickTemplate());
  const uri = given === undefined ? template && (await pickPlace(template)) : vscode.Uri.parse(given.uri, true);
  if (template === undefined || uri === undefined) {
    return;
  }
  if (given !== undefined && (await exists(uri))) {
    throw new WhittleError(vscode.l10n.t("{0} is there already.", uri.fsPath), {
      remedy: vscode.l10n.t("Choose another name."),
    });
  }
  const example = vscode.Uri.joinPath(app.extension.extensionUri, "examples", `${template}.model.ts`);
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(example));
  const renamed = text.replaceAll(new RegExp(`\\b${template}\\b`, "g"), asIdentifier(nameOfFile(uri.path)));
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(renamed));
  // No preview: outside of all folders, a model and its runs are known as long as its tab is open.
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

async function pickTemplate(): Promise<Template | undefined> {
  const items = (Object.keys(TEMPLATES) as Template[]).map((template) => ({
    label: template,
    detail: TEMPLATES[template](),
    template,
  }));
  const title = vscode.l10n.t("Begin with which network?");
  return (await vscode.window.showQuickPick(items, { title }))?.template;
}

async function pickPlace(template: Template): Promise<vscode.Uri | undefined> {
  // What is trained must lie on the disk, be it in a window without such a folder.
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t("Make the experiment in which file?"),
    filters: { TypeScript: ["ts"] },
    defaultUri: vscode.Uri.joinPath(folder ?? vscode.Uri.file(homedir()), `my-${template}.model.ts`),
  });
}

/** `my-net` → `myNet`; what cannot be a name of a function becomes `model`. */
function asIdentifier(name: string): string {
  const joined = name.replace(/[^\w$]+(\w)?/g, (_match, next: string | undefined) => (next ?? "").toUpperCase());
  return /^[A-Za-z_$]/.test(joined) ? joined : "model";
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") {
      return false;
    }
    throw error;
  }
}
