/** Windows as they are when they have just been opened. */

/** A fresh extension host and workbench, with nothing open that was open before. */
export async function freshWindow(kit) {
  await kit.until("the extension host answers", () => kit.facts().then(() => true));
  await kit.inHost(async (vscode) => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("workbench.action.closeSidebar");
  });
  await kit.reloadWindow();
}
