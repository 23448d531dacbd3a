/** Files that leave Whittle: the user says where to, the editor writes. */
import { homedir } from "node:os";
import { extname } from "node:path";
import * as vscode from "vscode";
import { asFileName } from "../../runs/files/fileName.ts";

const ENDINGS: Readonly<Record<string, string>> = {
  png: "PNG",
  svg: "SVG",
  csv: "CSV",
  json: "JSON",
  md: "Markdown",
  tex: "LaTeX",
};

/**
 * Asks for the place and writes; does nothing when the user thinks better of it.
 * @param name proposed; of a panel, so it is made a plain file name first
 */
export async function saveFile(name: string, content: Uint8Array): Promise<void> {
  const safe = asFileName(name);
  const ending = extname(safe).slice(1);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const kind = ENDINGS[ending];
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, safe),
    ...(kind === undefined ? {} : { filters: { [kind]: [ending] } }),
  });
  if (target !== undefined) {
    await vscode.workspace.fs.writeFile(target, content);
  }
}
