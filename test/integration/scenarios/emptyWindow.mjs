/** From a window without a folder to a pruned model, on the way that the walkthrough shows. */
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { choosePlace, pick } from "../quickInput.mjs";
import { createWalkthrough } from "../walkthroughPage.mjs";

export const name = "from a window without a folder to a pruned model";

export const hasFolder = false;

/** VS Code's own dialog for files: that of the system is nothing a test can drive. */
export const settings = { "files.simpleDialog.enable": true };

export async function prepare(workspace) {
  await rm(workspace, { recursive: true });
  await mkdir(workspace);
}

export async function run(kit) {
  const { step, lens, panel, page, workspace } = kit;
  const walkthrough = createWalkthrough(kit);

  await step("the first step offers a file at home, and makes it elsewhere", async () => {
    await walkthrough.show();
    await walkthrough.button(0, "New Experiment").click();
    await pick(page, "mlp");
    await choosePlace(page, join(homedir(), "my-mlp.model.ts"), join(workspace, "first.model.ts"));
    await lens("▶ Prune").waitFor({ timeout: 30_000 });
  });

  await step("the button of the second step finds the model in its tab, and prunes it", async () => {
    await walkthrough.show();
    await walkthrough.open(1);
    await walkthrough.button(1, "Prune a Model").click();
    await pick(page, "first.model.ts");
    await pick(page, "As the experiment says");
    await page.locator(".quick-input-title", { hasText: "2/2" }).waitFor();
    await pick(page, "As the experiment says");
    await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 240_000 });
  });

  await step("its run lies beside it, and is in the view", async () => {
    const [{ record }] = await kit.readRuns();
    assert.ok(record.result.sparsity >= 0.9, `sparsity ${record.result.sparsity}`);
    await kit.startCommand("whittle.runs.focus");
    await page.locator(".sidebar .monaco-list-row", { hasText: "90.0 %" }).first().waitFor();
    await kit.shoot("pruned.png");
  });
}
