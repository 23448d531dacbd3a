/** Commands that show a run: its panel, its files, its log. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { errorCode, WhittleError } from "../../protocol/errors.ts";
import { asCount } from "../../protocol/figures.ts";
import { type Run, trainerLogPath } from "../../runs/files/layout.ts";
import type { App } from "../app.ts";
import { chooseRun } from "../pick/chooseRuns.ts";

/** @param argument see `chooseRuns`, as for all commands here */
export async function openPanel(app: App, argument: unknown): Promise<void> {
  const run = await chooseRun(app, argument, { title: vscode.l10n.t("Show which run?") });
  if (run !== undefined) {
    app.runs.select(run);
    app.panels.show(run);
  }
}

/** What the training process and its libraries printed. */
export async function showRunLog(app: App, argument: unknown): Promise<void> {
  const run = await chooseRun(app, argument, { title: vscode.l10n.t("Show the log of which run?") });
  if (run === undefined) {
    return;
  }
  try {
    await stat(trainerLogPath(run));
  } catch (error) {
    throw new WhittleError(vscode.l10n.t("Run {0} has no log: no process has trained it yet.", run.id), {
      remedy: vscode.l10n.t("What the editor itself does is told by Whittle: Show Log."),
      cause: error,
    });
  }
  await vscode.window.showTextDocument(vscode.Uri.file(trainerLogPath(run)), { preview: true });
}

export async function openRunFiles(app: App, argument: unknown): Promise<void> {
  const run = await chooseRun(app, argument, { title: vscode.l10n.t("Open files of which run?") });
  if (run === undefined) {
    return;
  }
  const files = await collectFiles(run);
  const items: (vscode.QuickPickItem & { readonly open: () => Thenable<unknown> })[] = files.map(({ name, bytes }) => ({
    label: `$(file) ${name}`,
    description: vscode.l10n.t("{0} bytes", asCount(bytes)),
    open: () => vscode.commands.executeCommand("vscode.open", vscode.Uri.file(join(run.dir, name))),
  }));
  if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
    items.push({
      label: `$(folder-opened) ${vscode.l10n.t("Show the folder in the system's file manager")}`,
      open: () => vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(run.dir)),
    });
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Files of {0}", run.id),
    placeHolder: run.dir,
  });
  await picked?.open();
}

/** Two levels are all there are; the lock is nobody's reading. */
async function collectFiles(run: Run): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const entries = await readdir(run.dir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== "lock").map((entry) => entry.name);
  const inside = await Promise.all(
    folders.map(async (folder) => {
      const files = await readdir(join(run.dir, folder), { withFileTypes: true });
      return files.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
    }),
  );
  const names = [...entries.filter((entry) => entry.isFile()).map((entry) => entry.name), ...inside.flat()];
  const sizes = await Promise.all(names.map(async (name) => ({ name, bytes: await sizeOf(join(run.dir, name)) })));
  return sizes.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]));
}

/** undefined for a file that was deleted meanwhile, as old checkpoints are. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
