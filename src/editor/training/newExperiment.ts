/** `New Experiment…`: a model file to begin with, from one of the examples. */
import { homedir } from "node:os";
import * as vscode from "vscode";
import { z } from "zod";
import { nameOfFile, stemOf } from "../../models/scan/nameOfFile.ts";
import { WhittleError } from "../../protocol/errors.ts";
import type { App } from "../app.ts";
import { exists } from "../base/exists.ts";

interface Template {
  readonly file: string;
  /** Lies beside it: its data, which keeps its name, or its settings file, which is named after the model file. */
  readonly beside?: string;
  what(): string;
}

/** By the names that the file has for its model. */
const TEMPLATES = {
  mlp: {
    file: "mlp.model.ts",
    what: () => vscode.l10n.t("Two dense layers, 79,510 parameters: pruned in under a minute"),
  },
  lenet300: {
    file: "lenet300.model.ts",
    what: () => vscode.l10n.t("Three dense layers, 266,610 parameters: the classic of the pruning literature"),
  },
  lenet5: {
    file: "lenet5.model.ts",
    what: () => vscode.l10n.t("Two convolutions and two dense layers, 431,080 parameters"),
  },
  resnet32: {
    file: "resnet32.model.ts",
    what: () => vscode.l10n.t("A residual network for CIFAR-10, 467,000 parameters; the data has to be fetched"),
  },
  vit: {
    file: "vit.model.ts",
    what: () =>
      vscode.l10n.t("A small vision transformer for CIFAR-10, 142,000 parameters; the data has to be fetched"),
  },
  vae: {
    file: "vae.model.ts",
    what: () => vscode.l10n.t("A variational autoencoder of digits, 415,000 parameters"),
  },
  translation: {
    file: "translation.model.ts",
    what: () =>
      vscode.l10n.t("A transformer that translates between two made-up languages, 251,000 parameters, pruned by BLEU"),
  },
  characters: {
    file: "characters.model.ts",
    what: () =>
      vscode.l10n.t("A transformer that writes a text letter by letter, 644,000 parameters; bring a text of your own"),
  },
  reviews: {
    file: "reviews.model.ts",
    beside: "reviews.jsonl",
    what: () => vscode.l10n.t("A recurrent classifier of short texts: praise or not? Counting words does not tell"),
  },
  prices: {
    file: "prices.model.ts",
    beside: "prices.csv",
    what: () => vscode.l10n.t("A regression on a table with numbers and words"),
  },
  friedman: {
    file: "friedman.model.ts",
    what: () => vscode.l10n.t("A regression on data of its own: which of ten inputs matter?"),
  },
  published: {
    file: "published.js",
    beside: "published.whittle.json",
    what: () =>
      vscode.l10n.t("A file as people publish it, with two outputs; a settings file beside it says how it is pruned"),
  },
} as const satisfies Readonly<Record<string, Template>>;
type TemplateName = keyof typeof TEMPLATES;

const argumentSchema = z.strictObject({
  template: z.enum(Object.keys(TEMPLATES) as [TemplateName, ...TemplateName[]]),
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
  const { file, beside }: Template = TEMPLATES[template];
  const stem = stemOf(basename(uri));
  const companion = beside && vscode.Uri.joinPath(uri, "..", beside.replace(/^\w+(?=\.whittle\.json$)/, stem));
  // Whether the model's file may be replaced has been asked where it was picked.
  for (const made of [...(given === undefined ? [] : [uri]), ...(companion ? [companion] : [])]) {
    if (await exists(made)) {
      throw new WhittleError(vscode.l10n.t("{0} is there already.", made.fsPath), {
        remedy: vscode.l10n.t("Choose another name, or another folder."),
      });
    }
  }
  const read = async (path: string): Promise<string> =>
    new TextDecoder().decode(await vscode.workspace.fs.readFile(exampleUri(app, path)));
  const write = (to: vscode.Uri, text: string) => vscode.workspace.fs.writeFile(to, new TextEncoder().encode(text));
  if (beside !== undefined && companion) {
    await write(companion, (await read(beside)).replaceAll(file, basename(uri)));
  }
  // As a name of the model, not as that of a file.
  await write(
    uri,
    (await read(file)).replaceAll(new RegExp(`\\b${template}\\b(?!\\.)`, "g"), asIdentifier(nameOfFile(uri.path))),
  );
  // No preview: outside of all folders, a model and its runs are known as long as its tab is open.
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

const exampleUri = (app: App, path: string): vscode.Uri =>
  vscode.Uri.joinPath(app.extension.extensionUri, "examples", path);

const basename = (uri: vscode.Uri): string => uri.path.slice(uri.path.lastIndexOf("/") + 1);

async function pickTemplate(): Promise<TemplateName | undefined> {
  const items = (Object.keys(TEMPLATES) as TemplateName[]).map((template) => ({
    label: template,
    detail: TEMPLATES[template].what(),
    template,
  }));
  const title = vscode.l10n.t("Begin with which network?");
  return (await vscode.window.showQuickPick(items, { title }))?.template;
}

async function pickPlace(template: TemplateName): Promise<vscode.Uri | undefined> {
  // What is trained must lie on the disk, be it in a window without such a folder.
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri;
  const { file } = TEMPLATES[template];
  const filters: Record<string, string[]> = file.endsWith(".ts") ? { TypeScript: ["ts"] } : { JavaScript: ["js"] };
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t("Make the experiment in which file?"),
    filters,
    defaultUri: vscode.Uri.joinPath(folder ?? vscode.Uri.file(homedir()), `my-${file}`),
  });
}

/** `my-net` → `myNet`; what cannot be a name of a function becomes `model`. */
function asIdentifier(name: string): string {
  const joined = name.replace(/[^\w$]+(\w)?/g, (_match, next: string | undefined) => (next ?? "").toUpperCase());
  return /^[A-Za-z_$]/.test(joined) ? joined : "model";
}
