import * as vscode from "vscode";

export interface Choice<T> extends vscode.QuickPickItem {
  /** Undefined when the user changed their mind. */
  choose(): Promise<T | undefined>;
}

/** @returns what the one that is picked gives; undefined when cancelled */
export async function pickOne<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(choices, { title, matchOnDetail: true, ignoreFocusOut: true }))?.choose();
}
