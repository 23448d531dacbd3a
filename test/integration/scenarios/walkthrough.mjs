/** The walkthrough from an empty folder: its pictures in every kind of theme, and each of its steps by its own button. */
import assert from "node:assert/strict";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { choosePlace, pick, pickAll } from "../quickInput.mjs";
import { createWalkthrough } from "../walkthroughPage.mjs";

export const name = "the walkthrough, from an empty folder to the comparison of two runs";

/** VS Code's own dialog for files: that of the system is nothing a test can drive. */
export const settings = { "files.simpleDialog.enable": true };

export async function prepare(workspace) {
  await rm(workspace, { recursive: true });
  await mkdir(workspace);
}

const TITLES = [
  "Create an experiment",
  "Prune the model",
  "Watch the weights go",
  "Compare with a baseline",
  "Train faster (optional)",
];
const THEMES = { light: "Default Light Modern", "high-contrast": "Default High Contrast", dark: "Default Dark Modern" };

export async function run(kit) {
  const { step, until, lens, panel, page, shoot, workspace } = kit;
  const walkthrough = createWalkthrough(kit);
  const states = async () => (await kit.readRuns()).map(({ record }) => record.state);

  const startedAt = Date.now();
  await step("Open Walkthrough shows its steps, the first one open, none of them done", async () => {
    await walkthrough.show();
    assert.deepEqual(await walkthrough.titles(), TITLES);
    assert.deepEqual(await walkthrough.done(), []);
    await walkthrough.button(0, "New Experiment").waitFor();
  });

  for (const [kind, theme] of Object.entries(THEMES)) {
    await step(`every picture is drawn in colours of the theme ${theme}`, async () => {
      await kit.theme(theme);
      for (const [index] of TITLES.entries()) {
        await walkthrough.open(index);
        await until(`picture ${index} has its colours`, () => walkthrough.hasColors());
        await shoot(`${index + 1}-${kind}.png`);
      }
    });
  }

  await step("its first button makes an example in the folder, and is done with it", async () => {
    await walkthrough.open(0);
    await walkthrough.button(0, "New Experiment").click();
    await pick(page, "mlp");
    await choosePlace(page, join(workspace, "my-mlp.model.ts"));
    await lens("▶ Prune").waitFor({ timeout: 30_000 });
    assert.deepEqual(await readdir(workspace), ["my-mlp.model.ts"]);
    await shoot("created.png");
  });

  await step("the lens above it prunes it", async () => {
    await lens("▶ Prune").click();
    await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 240_000 });
    const [{ record }] = await kit.readRuns();
    assert.ok(record.result.sparsity >= 0.9, `sparsity ${record.result.sparsity}`);
    console.log(
      `[integration] ${Math.round((Date.now() - startedAt) / 1000)} s from the walkthrough to a pruned model`,
    );
    await shoot("pruned.png");
  });

  await step("Show Run opens its panel", async () => {
    await walkthrough.show();
    await until("two steps are done", async () => (await walkthrough.done()).join() === "0,1");
    await walkthrough.open(2);
    await walkthrough.button(2, "Show Run").click();
    await pick(page, "my-mlp");
    await panel().locator("h1", { hasText: "my-mlp" }).waitFor();
  });

  await step("a baseline is trained from its text, and compared with the pruned run by its button", async () => {
    await walkthrough.show();
    await walkthrough.open(3);
    await walkthrough.link(3, "dense baseline").click();
    await pick(page, "my-mlp");
    await until("both runs have ended", async () => (await states()).join() === "done,done", 120_000);
    await walkthrough.show();
    await walkthrough.open(3);
    await walkthrough.button(3, "Compare Runs").click();
    await pickAll(page);
    const compared = await kit.findPanel("2 runs compared");
    await compared.locator("canvas").first().waitFor();
    await shoot("compared.png");
  });

  await step("all steps are done but the one that installs something", async () => {
    await walkthrough.show();
    assert.deepEqual(await walkthrough.done(), [0, 1, 2, 3]);
    await shoot("done.png");
  });
}
