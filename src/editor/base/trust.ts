/** What this window must be like before anything is trained from it. */
import * as vscode from "vscode";
import { WhittleError } from "../../protocol/errors.ts";

/** Model files are code: nothing of a workspace runs before the user trusts it. @throws WhittleError */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw new WhittleError(
      vscode.l10n.t("A model file is code, and this workspace is not trusted, so it is not run."),
      { remedy: vscode.l10n.t("Trust the workspace first.") },
    );
  }
}

/** Files of a virtual workspace lie on no disk that a training process could read. @throws WhittleError */
export function requireDisk(): void {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const isModelOnDisk = vscode.window.activeTextEditor?.document.uri.scheme === "file";
  if (!isModelOnDisk && folders.length > 0 && folders.every(({ uri }) => uri.scheme !== "file")) {
    throw new WhittleError(
      vscode.l10n.t(
        "The files of this workspace ({0}) do not lie on this computer's disk.",
        folders[0]?.uri.scheme ?? "",
      ),
      { remedy: vscode.l10n.t("Clone the repository, and open the folder.") },
    );
  }
}
