import * as vscode from "vscode";
import type { ContextKey } from "./manifestNames.ts";

/** Sets a key that `when` and `enablement` clauses ask for. */
export function setContext(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
