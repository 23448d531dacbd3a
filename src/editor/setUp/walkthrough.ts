/** `Open Walkthrough`. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { WALKTHROUGH } from "../base/manifestNames.ts";

export async function openWalkthrough(app: App): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", `${app.extension.id}#${WALKTHROUGH}`, false);
}
