/** `New Experiment…`: a model file to begin with, from one of the examples. */
import * as vscode from "vscode";
import { z } from "zod";
import { nameOfFile } from "../models/nameOfFile.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { App } from "./app.ts";

/** Example → what it is. */
const TEMPLATES = {
  lenet300: () => vscode.l10n.t("Three dense layers, 266,610 parameters: pruned in a minute"),
  lenet5: () => vscode.l10n.t("Two convolutions and two dense layers, 431,080 parameters"),
} as const;
type Template = keyof typeof TEMPLATES;

const argumentSchema = z.strictObject({ template: z.enum(["lenet300", "lenet5"]), uri: z.string().min(1) });

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
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
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
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `my-${template}.model.ts`;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t("Make the experiment in which file?"),
    filters: { TypeScript: ["ts"] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
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
