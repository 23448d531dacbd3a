/** A workspace that is not trusted: runs can be looked at, nothing is executed. */
import assert from "node:assert/strict";

export const name = "a workspace that is not trusted: nothing of it is executed";
export const isTrusted = false;
/** Restricted mode without the question whether to leave it. */
export const settings = { "security.workspace.trust.startupPrompt": "never" };

export async function run(kit) {
  const { step, modelFile } = kit;

  await step("the lens offers to trust the workspace, and nothing else", async () => {
    await kit.openModel();
    assert.equal(await kit.inHost((vscode) => vscode.workspace.isTrusted), false);
    await kit.lens("Trust the workspace").waitFor();
    await kit.shoot("restricted.png");
    assert.equal(await kit.lens("Prune").filter({ hasText: "▶" }).count(), 0);
  });

  await step("the command, however it is called, makes no run", async () => {
    for (const id of ["whittle.startRun", "whittle.startBaseline"]) {
      await kit.inHost(
        (vscode, [command, path]) => {
          const target = { uri: vscode.Uri.file(path).toString(), exportName: "default" };
          return vscode.commands.executeCommand(command, target).then(() => null);
        },
        [id, modelFile],
      );
    }
    await kit.startCommand("notifications.showList");
    await kit.page.locator(".notifications-center", { hasText: "is not trusted" }).first().waitFor();
    assert.deepEqual(await kit.readRuns(), []);
  });
}
