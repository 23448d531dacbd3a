/** A workspace that is not trusted: runs can be looked at, nothing is executed. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { storeRun } from "../storedRuns.ts";

export const name = "a workspace that is not trusted: nothing of it is executed";
export const isTrusted = false;
/** Restricted mode without the question whether to leave it. */
export const settings = { "security.workspace.trust.startupPrompt": "never" };

export async function run(kit) {
  const { step, until, page, workspace, modelFile } = kit;

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

  await step(
    "the model of a run is not exported, which would run its file, and the palette does not offer it",
    async () => {
      const dir = await storeRun(workspace, {
        file: modelFile,
        name: "lenet300",
        id: "20261120-100000-lenet300-aaaa",
        seed: 1,
        sparsity: 0.9,
        metric: 0.97,
      });
      await kit.startCommand("notifications.clearAll");
      await kit.startCommand("whittle.exportModel", dir);
      await kit.startCommand("notifications.showList");
      await page.locator(".notifications-center", { hasText: "is not trusted, so it is not run" }).first().waitFor();
      const row = (title) => page.locator(`.quick-input-list .monaco-list-row[aria-label^="Whittle: ${title}"]`);
      await until("the palette has commands about runs", async () => {
        await page.keyboard.press("Escape");
        await kit.startCommand("workbench.action.quickOpen", ">Whittle: Export M");
        await row("Export Metrics").waitFor({ timeout: 2000 });
        return true;
      });
      assert.equal(await row("Export Model").count(), 0);
      await page.keyboard.press("Escape");
    },
  );

  await step("no sentence is tried in the panel of a run, which would run its file as well", async () => {
    const [{ dir }] = await kit.readRuns();
    const examples = [{ source: "ein hund", reference: "a dog", dense: "a dog", pruned: "a dog" }];
    const metric = { name: "bleu", signature: "nrefs:1", dense: 100, pruned: 100 };
    const predictions = { of: "texts", format: 1, count: 1, metric, examples, lost: { count: 0, tokens: [] } };
    await writeFile(join(dir, "predictions.json"), JSON.stringify(predictions));
    await kit.startCommand("whittle.openPanel", dir);
    const panel = await kit.findPanel("Try a sentence");
    await panel.getByRole("textbox", { name: "Try a sentence" }).fill("eine katze");
    await page.keyboard.press("Enter");
    await panel.locator(".try", { hasText: "is not trusted, so it is not run" }).waitFor();
  });
}
