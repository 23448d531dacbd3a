/** The one way an error is told in the editor: what happened, what to do, and the log a click away. */
import * as vscode from "vscode";
import { messageOf, WhittleError } from "../../protocol/errors.ts";

export async function showError(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const remedy = error instanceof WhittleError ? ` ${error.remedy}` : "";
  const picked = await vscode.window.showErrorMessage(`Whittle: ${messageOf(error)}${remedy}`, "Show Log");
  if (picked !== undefined) {
    log.show();
  }
}
