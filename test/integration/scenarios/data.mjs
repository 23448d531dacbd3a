/** Data sets are looked at before, or after, something is trained on them: from the palette, a file's menu and a run's. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pick } from "../quickInput.mjs";
import { storeRun } from "../storedRuns.ts";
import { MODEL_FILE } from "../workspace.mjs";

export const name = "preview data: what a spec, a file and a run have in them, read outside of the extension host";

const RUN = "20261120-100000-first-aaaa";
const ROWS = 40;

export async function prepare(workspace) {
  const rows = Array.from({ length: ROWS }, (_, at) => `${at},${["red", "<b>blue</b>"][at % 2]},${at % 3}`);
  await writeFile(join(workspace, "pets.csv"), ["size,colour,label", ...rows].join("\n"));
  await writeFile(join(workspace, "broken.jsonl"), '{"a": 1, "y": 2}\n{"a": NaN}\n');
  await storeRun(workspace, {
    file: join(workspace, MODEL_FILE),
    name: "lenet300",
    id: RUN,
    seed: 1,
    sparsity: 0.9,
    metric: 0.97,
  });
}

export async function run(kit) {
  const { step, page, workspace } = kit;
  const preview = (argument) =>
    kit.inHost((vscode, { file, dir }) => {
      void vscode.commands.executeCommand("whittle.previewData", file === undefined ? dir : vscode.Uri.file(file));
      return null;
    }, argument);
  const input = page.locator(".quick-input-widget input[type=text]");
  const title = (text) => page.locator(".quick-input-title", { hasText: text });

  await step("the palette asks for a data set, and its path is the workspace's", async () => {
    await kit.openModel();
    await kit.runCommand("Preview Data…");
    await title("Preview which data?").waitFor();
    await kit.shoot("which.png");
    // Beyond what the list shows at once.
    await input.fill("Another");
    await pick(page, "Another one…");
    await title("Which data?").waitFor();
    await input.fill("csv:pets.csv#colour");
    await input.press("Enter");
    const panel = await kit.findPanel(`csv:${join(workspace, "pets.csv")}#colour`);
    const counts = await panel.locator("tbody").first().locator("tr").first().locator("td").allTextContents();
    assert.equal(
      counts.map(Number).reduce((sum, count) => sum + count, 0),
      ROWS,
    );
    await kit.shoot("rows.png");
  });

  await step("it asks for the file, and for the column of its targets, of a table that is picked", async () => {
    await kit.runCommand("Preview Data…");
    await pick(page, "csv:…");
    await page.waitForFunction(
      (folder) => document.querySelector(".quick-input-widget input[type=text]")?.value.startsWith(folder),
      workspace,
    );
    await input.fill(join(workspace, "pets.csv"));
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "pets.csv" }).waitFor();
    await input.press("Enter");
    await title("Which column has the targets?").waitFor();
    await input.fill("size");
    await input.press("Enter");
    await kit.findPanel(`csv:${join(workspace, "pets.csv")}#size`);
  });

  await step("a file of data is looked at from its menu", async () => {
    await preview({ file: join(workspace, "pets.csv") });
    const panel = await kit.findPanel("3 classes");
    // Size, and the two colours.
    assert.deepEqual(await panel.locator("dl.figures dd").first().textContent(), "3");
  });

  await step("the data of a run are shown as pictures", async () => {
    await preview({ dir: join(workspace, ".whittle", "runs", RUN) });
    const panel = await kit.findPanel("28×28×1");
    assert.equal(await panel.locator("canvas").count(), 24);
    assert.equal(await panel.getByRole("img", { name: "class 9" }).count(), 2);
    await kit.shoot("pictures.png");
  });

  await step("what a run has kept of data that only its own code gives is shown, and no code is run", async () => {
    const dir = join(workspace, ".whittle", "runs", RUN);
    const split = (name, count) => ({ name, count });
    const kept = {
      ...{ spec: "custom", sha256: "ab", xShape: [2], yShape: [1] },
      x: { min: 0, max: 1, mean: 0.5 },
      y: { min: -3, max: 7, mean: 2 },
      splits: [split("train", 1234), split("validation", 56), split("test", 7)],
      examples: [{ x: [0.25, 1], y: [7] }],
    };
    await writeFile(join(dir, "data.json"), JSON.stringify(kept));
    await preview({ dir });
    await kit.findPanel("1,234");
  });

  await step("what cannot be read is told with its line", async () => {
    await preview({ file: join(workspace, "broken.jsonl") });
    // The list has it whether it still stands there or not.
    await kit.startCommand("notifications.showList");
    await page.locator(".notifications-center", { hasText: "broken.jsonl: line 2 is no JSON" }).waitFor();
  });
}
