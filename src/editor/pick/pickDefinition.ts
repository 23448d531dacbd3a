/** Lets the user pick a model definition: those of the active editor first, then those of other tabs and the workspace. */
import * as vscode from "vscode";
import { readLocalFile } from "../../models/localFile.ts";
import { kindOfKerasFile } from "../../models/scan/kerasFiles.ts";
import { type ReadFile, readingOnce } from "../../models/scan/localFiles.ts";
import { nameOfFile } from "../../models/scan/nameOfFile.ts";
import { mayDefineModel } from "../../models/scan/signs.ts";
import { collectTrainables } from "../../models/scan/trainables.ts";
import { WhittleError } from "../../protocol/errors.ts";
import { MODEL_LANGUAGES } from "../base/manifestNames.ts";
import { isModelDocument, type StartTarget } from "../base/startTarget.ts";
import { requireDisk } from "../base/trust.ts";
import type { DefinitionScans } from "../lenses/definitionScans.ts";
import { openFilesOutside } from "../runs/runsFolders.ts";

const CODE_FILES = "**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}";
const MODEL_JSON_FILES = "**/*model*.json";
/** Those of Keras; most other .h5 files hold data. */
const KERAS_FILES = "**/{*.keras,*model*.h5}";
const NOT_THE_USERS_OWN = "**/{node_modules,.whittle,.git,dist,out,build}/**";
/** A workspace may be huge: what is not found this way is found by opening the file. */
const MOST_FILES = 2000;
const LARGEST_FILE_BYTES = 4_000_000;
/** Files read at a time. */
const BATCH = 32;

interface DefinitionItem extends vscode.QuickPickItem {
  readonly target?: StartTarget;
  /** Of what cannot be trained: where it stands. */
  readonly place?: vscode.Location;
}

/** Those of the active editor are there at once, so that Enter takes the first; the others come as they are found. */
export async function pickDefinition(scans: DefinitionScans): Promise<StartTarget | undefined> {
  requireDisk();
  const document = vscode.window.activeTextEditor?.document;
  const active = document !== undefined && isModelDocument(document, MODEL_LANGUAGES) ? document : undefined;
  const own =
    active === undefined
      ? []
      : [...(await collectOfDocument(scans, active)), ...(await collectHindrances(scans, active))];
  const cancel = new vscode.CancellationTokenSource();
  const pick = vscode.window.createQuickPick<DefinitionItem>();
  pick.title = vscode.l10n.t("Which model?");
  pick.placeholder = vscode.l10n.t("A function that returns a tf.LayersModel, an experiment, or a model.json");
  pick.matchOnDescription = true;
  pick.items = own;
  pick.busy = true;
  try {
    const picked = new Promise<StartTarget | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item?.place !== undefined) void showHindrance(item.place);
        resolve(item?.target);
      });
      pick.onDidHide(() => resolve(undefined));
    });
    pick.show();
    const others = collectOfOtherFiles(active?.uri, cancel.token).then((found) => {
      pick.items = found.length === 0 ? own : [...own, separator(vscode.l10n.t("other files")), ...found];
      pick.busy = false;
      if (own.length === 0 && found.length === 0) {
        throw noDefinition();
      }
    });
    // Once something is picked, or an error is to be told, the search is of no interest.
    return await Promise.race([picked, others.then(() => picked)]);
  } finally {
    cancel.cancel();
    cancel.dispose();
    pick.dispose();
  }
}

function separator(label: string): DefinitionItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function noDefinition(): WhittleError {
  return new WhittleError(vscode.l10n.t("No model definition was found in this window's folders."), {
    remedy: vscode.l10n.t(
      "Open a file that exports a function which returns a tf.LayersModel, or make one: Whittle: New Experiment.",
    ),
  });
}

async function collectOfDocument(
  scans: DefinitionScans,
  document: vscode.TextDocument,
): Promise<readonly DefinitionItem[]> {
  return (await scans.of(document)).map(({ name, exportName }) => asItem(document.uri, name, exportName));
}

/** What one would expect in the list, and why it cannot be trained. */
async function collectHindrances(
  scans: DefinitionScans,
  document: vscode.TextDocument,
): Promise<readonly DefinitionItem[]> {
  return (await scans.hindrancesIn(document)).map(({ name, start }) => ({
    label: `$(circle-slash) ${name ?? vscode.l10n.t("line {0}", document.positionAt(start).line + 1)}`,
    description: vscode.workspace.asRelativePath(document.uri),
    detail: vscode.l10n.t("Makes a model, but neither returns, trains nor keeps it"),
    place: new vscode.Location(document.uri, document.positionAt(start)),
  }));
}

async function showHindrance({ uri, range }: vscode.Location): Promise<void> {
  await vscode.window.showTextDocument(uri, { selection: range });
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "Whittle trains what a function returns: take the lines that make the model into a function with a name, and return it.",
    ),
  );
}

/** @param except the file whose definitions are listed already */
async function collectOfOtherFiles(
  except: vscode.Uri | undefined,
  token: vscode.CancellationToken,
): Promise<readonly DefinitionItem[]> {
  const inside = await Promise.all(
    [MODEL_JSON_FILES, KERAS_FILES, CODE_FILES].map((pattern) =>
      vscode.workspace.findFiles(pattern, NOT_THE_USERS_OWN, MOST_FILES, token),
    ),
  );
  const files = [...openFilesOutside(), ...inside.flat()].filter(
    (uri) => uri.scheme === "file" && !uri.path.endsWith(".d.ts") && uri.path !== except?.path,
  );
  const items: DefinitionItem[] = [];
  // Many files import the same ones.
  const read = readingOnce(readLocalFile);
  for (let from = 0; from < files.length && !token.isCancellationRequested; from += BATCH) {
    const found = await Promise.all(files.slice(from, from + BATCH).map((uri) => collectOfFile(uri, read)));
    items.push(...found.flat());
  }
  return items.sort((a, b) => (a.description ?? "").localeCompare(b.description ?? ""));
}

async function collectOfFile(uri: vscode.Uri, read: ReadFile): Promise<readonly DefinitionItem[]> {
  // One model each, which nobody has to look for.
  if (kindOfKerasFile(uri.path) !== undefined) return [asItem(uri, nameOfFile(uri.fsPath), "default")];
  const text = await readIfThere(uri);
  if (text === undefined || !mayDefineModel(text, uri.fsPath, read)) {
    return [];
  }
  const { scanDefinitions } = await import("../../models/scan/scan.ts");
  return collectTrainables(scanDefinitions(text, uri.fsPath, read)).map(({ name, exportName }) =>
    asItem(uri, name, exportName),
  );
}

/** undefined for a file that is gone, as the one of a tab may be, and for one that is too large to be a definition. */
async function readIfThere(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    return size > LARGEST_FILE_BYTES ? undefined : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") {
      return undefined;
    }
    throw error;
  }
}

function asItem(uri: vscode.Uri, name: string, exportName: string): DefinitionItem {
  return {
    label: `$(circuit-board) ${name}`,
    description: vscode.workspace.asRelativePath(uri),
    target: { uri: uri.toString(), exportName },
  };
}
