/** A file that Keras saved: there is no text that a lens could stand in, so it is pruned from its menu. */
import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pick } from "../quickInput.mjs";

export const name = "a file of Keras: pruned from the explorer, and found in the list of models";

const FILE = join(import.meta.dirname, "../../reference/keras_files/dense.keras");
const ROWS = 200;

export async function prepare(workspace) {
  await copyFile(FILE, join(workspace, "net.keras"));
  const rows = Array.from({ length: ROWS }, (_, at) => [1, 2, 3, 4, 5, 6].map((axis) => (at * axis * 37) % 101));
  const lines = rows.map((values) => [...values, ["low", "middle", "high"][values[0] % 3]].join(","));
  await writeFile(join(workspace, "rows.csv"), ["a,b,c,d,e,f,third", ...lines].join("\n"));
  const settings = { data: "csv:rows.csv", epochs: 2, pruning: { maxEpochs: 2 } };
  await writeFile(join(workspace, "net.whittle.json"), JSON.stringify(settings));
}

export async function run(kit) {
  const { step, until, page, workspace } = kit;
  const file = join(workspace, "net.keras");
  const pruned = (count) =>
    until(`${count} runs are done`, async () => {
      const runs = (await kit.readRuns()).filter(({ record }) => record.plan.modelFile === file);
      assert.ok(
        runs.every(({ record }) => record.state !== "failed"),
        JSON.stringify(runs.map(({ record }) => record)),
      );
      return runs.length === count && runs.every(({ record }) => record.state === "done");
    });
  const asTheFileSays = async () => {
    await pick(page, "As the experiment says");
    await page.locator(".quick-input-title", { hasText: "With which settings?" }).waitFor();
    await pick(page, "As the experiment says");
  };

  await step("it is pruned from the explorer's menu, with the settings beside it", async () => {
    await kit.openModel();
    await kit.inHost(async (vscode, path) => {
      await vscode.commands.executeCommand("revealInExplorer", vscode.Uri.file(path));
    }, file);
    const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: "net.keras" });
    const menu = page.locator(".context-view .monaco-menu").first();
    const item = page.locator(".monaco-menu .action-item:not(.disabled)", { hasText: "Prune a Model" });
    // While the extension starts, its commands are there and cannot be had. A menu that is open keeps clicks from the row.
    await until("the menu offers it", async () => {
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "hidden", timeout: 5000 });
      await row.click({ button: "right", timeout: 5000 });
      await menu.waitFor({ timeout: 5000 });
      return item.isVisible();
    });
    await kit.shoot("keras-menu.png");
    await item.click();
    await asTheFileSays();
    await pruned(1);
  });

  await step("it is among the models that the palette offers", async () => {
    await kit.runCommand("Prune a Model");
    await pick(page, "net.keras");
    await asTheFileSays();
    await pruned(2);
  });
}
