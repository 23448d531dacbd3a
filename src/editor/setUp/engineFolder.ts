/** Where the native engine lies that runs of this editor use. */
import * as vscode from "vscode";

export interface EngineFolder {
  /** For people. */
  readonly name: string;
  /** For processes that look for the engine or install it. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * An installed extension has it in its own storage, which goes when the extension is uninstalled. In development it is
 * the command line's, as it is wherever the user names a cache folder.
 */
export function chooseEngineFolder(context: vscode.ExtensionContext): EngineFolder {
  const named = process.env["WHITTLE_CACHE"];
  if (named !== undefined && named !== "") {
    return { name: named, env: {} };
  }
  if (context.extensionMode !== vscode.ExtensionMode.Production) {
    return { name: vscode.l10n.t("this user's cache folder"), env: {} };
  }
  const folder = context.globalStorageUri.fsPath;
  return { name: folder, env: { WHITTLE_CACHE: folder } };
}
