/** Where the runs of this window lie. */
import * as vscode from "vscode";
import { isInside, type Run } from "../runs/layout.ts";
import { defaultRunsDir } from "../runs/runsDir.ts";
import { openRun } from "../runs/store.ts";

/** One per workspace folder on disk. */
export function collectRunsFolders(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === "file")
    .map((folder) => defaultRunsDir(folder.uri.fsPath));
}

/** The runs folder for a model file: its workspace folder's, or one beside a file that is outside of all. */
export function runsFolderFor(modelFile: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(modelFile)?.uri ?? vscode.Uri.joinPath(modelFile, "..");
  return defaultRunsDir(folder.fsPath);
}

/**
 * A run by its folder, which may come from a keybinding or from state saved long ago: only below a runs folder.
 * @throws WhittleError when it is no readable run
 */
export async function openKnownRun(dir: string, known: readonly Run[] = []): Promise<Run | undefined> {
  const isKnown = known.some((run) => run.dir === dir);
  return isKnown || collectRunsFolders().some((folder) => isInside(folder, dir)) ? openRun(dir) : undefined;
}
