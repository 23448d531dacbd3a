/** What the editor shows in a file, as its providers give it. */

/** Titles, in the order of the text. */
export function lensesOf(kit, file) {
  return kit.inHost(async (vscode, path) => {
    const uri = vscode.Uri.file(path);
    await vscode.workspace.openTextDocument(uri);
    const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", uri, 100);
    return lenses.map((lens) => lens.command.title);
  }, file);
}

export function hintsOf(kit, file) {
  return kit.inHost(async (vscode, path) => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await vscode.commands.executeCommand("vscode.executeInlayHintProvider", document.uri, whole);
    return hints.map(({ label, position: { line, character } }) => ({ label, line, character }));
  }, file);
}
