/** A smaller network leaves Whittle: its sizes go into the source, by a preview; its model into files, by mouse and by keyboard. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { choosePlace, pick } from "../quickInput.mjs";
import { storeRun } from "../storedRuns.ts";
import { MODEL_FILE } from "../workspace.mjs";

export const name = "sizes of the compact network in the source; export from the Runs view and the palette";

const RUN = "20261120-100000-lenet300-aaaa";
const SIZES = [
  { name: "fc1", className: "Dense", of: "units", before: 300, after: 137 },
  { name: "fc2", className: "Dense", of: "units", before: 100, after: 41 },
  { name: "fc3", className: "Dense", of: "units", before: 10, after: 10 },
];
const COMPACTION = {
  format: 1,
  layers: SIZES,
  parameters: { dense: 266_610, remaining: 6897, compact: 113_623 },
  flops: { dense: 532_810, compact: 226_890 },
  difference: 1e-7,
};
/** Trained in seconds. */
const SHORT = `defineExperiment({
  model: mlp,
  data: "digits",
  epochs: 1,
  pruning: { interval: 1, maxEpochs: 4, finetuneEpochs: 1, bound: { maxDrop: 5 } },
});`;

export async function prepare(workspace) {
  const mlp = join(workspace, "mlp.model.ts");
  await writeFile(mlp, (await readFile(mlp, "utf8")).replace(/defineExperiment\(\{[\s\S]*\}\);/, SHORT));
  await storeSmaller(workspace);
}

export async function run(kit) {
  const { step, until, page, workspace, modelFile: file } = kit;
  const menu = page.locator(".action-widget");
  const notification = (text) =>
    page.locator(".notifications-center .notification-list-item", { hasText: text }).first();

  await step("the panel shows the layers of the smaller network", async () => {
    await kit.openModel();
    await kit.startCommand("whittle.openPanel", join(workspace, ".whittle", "runs", RUN));
    const panel = await kit.findPanel("Smaller network");
    await panel.locator("tr", { hasText: "137 units" }).scrollIntoViewIfNeeded();
    await kit.shoot("panel.png");
    await panel.getByRole("button", { name: "Export model…" }).waitFor();
    await kit.startCommand("workbench.action.closeEditorsInOtherGroups");
  });

  const text = await readFile(file, "utf8");
  const line = text.split("\n").findIndex((each) => each.includes('"fc2"'));
  const sized = text.replace("units: 300", "units: 137").replace("units: 100", "units: 41");
  const preview = page.locator(".bulk-edit-panel");
  await step("the light bulb of a layer offers the sizes; they are shown, ticked and put in by mouse", async () => {
    await goTo(kit, file, line);
    await page.locator('[class*="lightbulb"]:visible, .lightBulbWidget:visible').first().click();
    await menu.getByText("Use the sizes of the compact network of run").waitFor();
    await kit.shoot("light-bulb.png");
    await menu.getByText("Use the sizes of the compact network of run").click();
    await preview.locator(".monaco-list-row", { hasText: "137" }).waitFor();
    assert.equal(await textOf(kit, file), text);
    // Nothing is put in that was not ticked: the box of the file stands for all.
    await preview.locator(".monaco-list-row").first().locator(".edit-checkbox, input[type=checkbox]").first().click();
    await kit.shoot("preview.png");
    await preview.getByText("Apply").click();
    await until("the sizes are there", async () => (await textOf(kit, file)) === sized);
    await kit.shoot("resized.png");
    await kit.startCommand("undo");
    await until("they can be undone", async () => (await textOf(kit, file)) === text);
  });

  await step("by keyboard the same", async () => {
    await goTo(kit, file, line);
    await page.keyboard.press("Control+Shift+R");
    await menu.getByText("Use the sizes of the compact network of run").waitFor();
    await page.keyboard.press("Enter");
    await preview.locator(".monaco-list-row", { hasText: "137" }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    await page.keyboard.press("Control+Enter");
    await until("the sizes are there", async () => (await textOf(kit, file)) === sized);
  });

  await step("what has changed since the run is told in the menu, and so is a line in the way", async () => {
    await openMenu(kit, line);
    await menu
      .locator(".option-disabled", { hasText: "lenet300.model.ts is not as it was when the run began" })
      .waitFor();
    await kit.shoot("changed.png");
    await page.keyboard.press("Escape");
    await kit.startCommand("workbench.action.files.save");
    await until("it is saved", async () => (await readFile(file, "utf8")) === sized);
    const computed = text.replace("units: 100", "units: 10 * 10");
    await writeFile(file, computed);
    await storeSmaller(workspace);
    await until("the file is as it lies on disk", async () => (await textOf(kit, file)) === computed);
    await until("the line is told", async () => {
      await openMenu(kit, line);
      await menu
        .locator(".option-disabled", { hasText: "line 10, the size of layer fc2 is not a number in its call" })
        .waitFor({ timeout: 2000 });
      return true;
    });
    await kit.shoot("in-the-way.png");
    await page.keyboard.press("Escape");
  });

  await step("from the row of a run in the view, by mouse: a form, a place, and the file is there", async () => {
    await kit.startCommand("whittle.startRun", {
      uri: `file://${join(workspace, "mlp.model.ts")}`,
      exportName: "default",
    });
    await until(
      "the run is done",
      async () => (await kit.readRuns()).some(({ record }) => record.name === "mlp" && record.state === "done"),
      120_000,
    );
    await kit.startCommand("workbench.view.extension.whittle");
    const row = page.locator(".sidebar .monaco-list-row", { hasText: "% ·" }).filter({ hasNotText: "aaaa" }).first();
    await row.click({ button: "right" });
    const entry = page.locator(".monaco-menu").getByText("Export Model…");
    await entry.waitFor();
    await kit.shoot("row-menu.png");
    const input = page.locator(".quick-input-widget");
    // A menu takes no click in its first moment.
    await until("the entry is taken", async () => {
      if (await entry.isVisible()) {
        await entry.click({ timeout: 1000 });
      }
      return input.getByText("The weights alone").isVisible();
    });
    await input.getByText("The weights alone").waitFor();
    await input.locator(".quick-input-title", { hasText: "→" }).waitFor({ timeout: 60_000 });
    await kit.shoot("forms.png");
    await pick(page, "safetensors");
    const place = join(workspace, "mlp.safetensors");
    await choosePlace(page, place);
    await kit.startCommand("notifications.showList");
    await notification("Exported mlp.safetensors").waitFor({ timeout: 60_000 });
    await kit.shoot("exported.png");
    assert.ok((await stat(place)).size > 1000);
  });

  await step("from the palette, by keyboard alone: for TensorFlow.js, with the code that loads it", async () => {
    const input = page.locator(".quick-input-widget input[type=text]");
    const title = (words) => page.locator(".quick-input-title", { hasText: words }).waitFor({ timeout: 60_000 });
    await kit.startCommand("notifications.clearAll");
    await page.keyboard.press("F1");
    await input.fill(">Whittle: Export Model");
    await page.locator('.quick-input-list .monaco-list-row.focused[aria-label^="Whittle: Export Model"]').waitFor();
    await page.keyboard.press("Enter");
    await title("Export the model of which run?");
    await page.keyboard.type("mlp");
    await page.keyboard.press("Enter");
    await title("→");
    await page.keyboard.type("tfjs");
    await page.keyboard.press("Enter");
    await choosePlace(page, `${workspace}/`);
    await kit.startCommand("notifications.showList");
    await notification("Exported mlp-tfjs").waitFor({ timeout: 60_000 });
    assert.ok(existsSync(join(workspace, "mlp-tfjs", "model.json")));
    await notification("Exported mlp-tfjs").hover();
    await kit.shoot("exported-tfjs.png");
    await notification("Exported mlp-tfjs").getByText("Copy Code That Loads It").click();
    const copied = await until("it is copied", async () => {
      const clip = await kit.inHost((vscode) => vscode.env.clipboard.readText());
      return clip.includes("loadMlp") ? clip : undefined;
    });
    assert.ok(copied.includes(`tf.loadLayersModel("file://${workspace}/mlp-tfjs/model.json")`), copied);
    assert.match(copied, /const model = mlp\(\);/);
  });

  await step("a model that cannot be exported says why, with a remedy", async () => {
    await kit.startCommand("notifications.clearAll");
    await kit.startCommand("whittle.exportModel", join(workspace, ".whittle", "runs", RUN));
    await kit.startCommand("notifications.showList");
    await notification("checkpoint").waitFor({ timeout: 60_000 });
    await kit.shoot("refused.png");
  });
}

/** A run of the model file as it lies there now, whose network can be smaller. */
async function storeSmaller(workspace) {
  const file = join(workspace, MODEL_FILE);
  const dir = await storeRun(workspace, { file, name: "lenet300", id: RUN, seed: 1, sparsity: 0.974, metric: 0.97 });
  await writeFile(join(dir, "compact.json"), JSON.stringify(COMPACTION));
}

async function goTo(kit, file, line) {
  await kit.open(file);
  await kit.inHost((vscode, at) => {
    const editor = vscode.window.activeTextEditor;
    const position = new vscode.Position(at, 12);
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenter);
  }, line);
  await kit.startCommand("workbench.action.focusActiveEditorGroup");
}

async function openMenu(kit, line) {
  await kit.page.keyboard.press("Escape");
  await goTo(kit, kit.modelFile, line);
  await kit.page.keyboard.press("Control+Shift+R");
}

/** As it stands in the editor. */
function textOf(kit, file) {
  return kit.inHost(
    async (vscode, path) => (await vscode.workspace.openTextDocument(vscode.Uri.file(path))).getText(),
    file,
  );
}
