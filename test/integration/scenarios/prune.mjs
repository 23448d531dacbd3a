/** What a user does: click the lens, watch the panel, read the result, change the theme, reload, stop a run. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkBars, layerNames, sparsities } from "../livePanel.mjs";
import { ENDLESS, WATCHED, writeExperiment } from "../workspace.mjs";

export const name = "click the lens, watch the panel, read the result, change the theme, reload, stop a run";

const THEMES = [
  { name: "Default Light Modern", kind: "vscode-light", file: "done-light.png" },
  { name: "Default High Contrast", kind: "vscode-high-contrast", file: "done-high-contrast.png" },
  { name: "Default Dark Modern", kind: "vscode-dark", file: "done-dark.png" },
];

export const prepare = (workspace) => writeExperiment(workspace, WATCHED);

export async function run(kit) {
  const { step, lens, panel, shoot, until, modelFile: file } = kit;

  await step("a model file wakes the extension", () => kit.openModel());

  await step("every declared command is registered, and no other", async () => {
    const { declared, registered } = await kit.facts();
    assert.deepEqual([...registered].sort(), [...declared].sort());
  });

  let clickedAt;
  await step(
    "the lens Prune stands above the model; a click starts the run, saves the file and opens the panel",
    async () => {
      await kit.type(file, "// typed, not saved\n");
      await lens("▶ Prune").waitFor();
      await shoot("lens-dark.png");
      assert.ok((await kit.facts()).dirty.includes(file));
      clickedAt = Date.now();
      await lens("▶ Prune").click();
      await panel().locator("h1", { hasText: "lenet300" }).waitFor({ timeout: 20_000 });
      // Of this file only: VS Code edits its own settings file now and then.
      assert.ok(!(await kit.facts()).dirty.includes(file));
      assert.match(await readFile(file, "utf8"), /^\/\/ typed, not saved\n/);
    },
  );

  await step("the panel draws a bar per layer and tells figures while the run is going on", async () => {
    await panel().locator("tbody tr").nth(2).waitFor({ timeout: 60_000 });
    console.log(`[integration] layers in the panel ${Date.now() - clickedAt} ms after the click`);
    assert.deepEqual(await layerNames(panel()), ["fc1/kernel", "fc2/kernel", "fc3/kernel"]);
    await lens("epoch").waitFor({ timeout: 30_000 });
    await lens("Stop").waitFor();
    await kit.page.locator(".statusbar-item", { hasText: "lenet300: " }).first().waitFor();
    await until(
      "a layer is sparse before the run has ended",
      async () => {
        const figures = await sparsities(panel());
        return figures.some((figure) => figure > 0);
      },
      120_000,
    );
    await shoot("live-dark.png");
  });

  let result;
  await step("the run ends; panel, bars and lens show the result that the run's folder holds", async () => {
    await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 180_000 });
    const [run] = await kit.readRuns();
    result = run.events.findLast((event) => event.type === "result").result;
    assert.ok(result.sparsity > 0.1, `sparsity ${result.sparsity}`);
    const expected = result.layers.map((layer) => Math.round(layer.sparsity * 1000) / 10);
    const shown = await sparsities(panel());
    shown.forEach((value, index) => {
      assert.ok(Math.abs(value - expected[index]) <= 0.1, `layer ${index}: ${value} shown, ${expected[index]} stored`);
    });
    await checkBars(panel(), result);
    const percent = `${(result.sparsity * 100).toFixed(1)} % sparse`;
    await lens(`Last: ${percent}`).waitFor({ timeout: 10_000 });
  });

  await step("the panel shows what the pruned model gets wrong, as pictures", async () => {
    const heading = panel().getByRole("heading", { name: "Predictions" });
    await heading.scrollIntoViewIfNeeded();
    const [run] = await kit.readRuns();
    const { wrong, count } = JSON.parse(await readFile(join(run.dir, "predictions.json"), "utf8"));
    const right = count - wrong.pruned - wrong.both;
    assert.ok(Math.abs(right / count - result.validation.metric) < 1e-6, `${right} of ${count} are right`);
    const shown = [wrong.pruned, wrong.both, wrong.dense].reduce((sum, each) => sum + Math.min(each, 12), 0);
    assert.ok(shown > 0);
    await until("each has a picture", async () => (await panel().locator("figure canvas").count()) === shown);
    await shoot("predictions-dark.png");
    await panel().locator("h1").scrollIntoViewIfNeeded();
  });

  for (const { name, kind, file: picture } of THEMES) {
    await step(`the bars have the colour of the theme ${name}`, async () => {
      await kit.theme(name);
      await panel().locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      await until("the bars are in its colour", () => checkBars(panel(), result).then(() => true), 5000);
      await shoot(picture);
    });
  }

  for (const [what, reload] of [
    ["a sudden reload of the page", kit.reloadPage],
    ["the command Reload Window", kit.reloadWindow],
  ]) {
    await step(`after ${what} the panel comes back with the same figures`, async () => {
      const before = await sparsities(panel());
      await reload();
      await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 60_000 });
      assert.deepEqual(await sparsities(panel()), before);
      await checkBars(panel(), result);
    });
  }

  await step("Stop in the lens ends a second run", async () => {
    // One that is not over before it can be stopped.
    await writeExperiment(kit.workspace, ENDLESS);
    await kit.open(file);
    await lens("▶ Prune").click({ timeout: 30_000 });
    await lens("epoch").waitFor({ timeout: 60_000 });
    await lens("Stop").click();
    await lens("Last: stopped").waitFor({ timeout: 30_000 });
    const runs = await kit.readRuns();
    assert.equal(runs.length, 2);
    assert.deepEqual(runs.map((run) => run.record.state).sort(), ["done", "stopped"]);
    await shoot("stopped-dark.png");
  });
}
