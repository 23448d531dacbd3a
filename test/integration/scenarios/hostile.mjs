/** Text from anywhere (names of runs, layers, files) is shown as text, and leads nowhere but where it stands. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { layerNames } from "../livePanel.mjs";

export const name = "hostile content: markup, control characters, paths and very long text in names and files";

/** No path separator and no quote: it is the name of a file too. */
const MARKUP = "<img src=x onerror=document.title=1>";
/** No blank at its end: with one, VS Code's own watcher told nothing of the whole workspace. */
const FOLDER = `a <b>bold<b> [link](command:whittle.deleteRun) ${"long ".repeat(20).trim()}`;
/** What tfjs lets pass as names of layers; anything else it refuses. */
const LAYERS = ["x/../../outside", "constructor", "layer-".repeat(200)];
const REFUSED = "<script>parent.hacked=1<script>";

const source = (layers) => `import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "whittle";

export function net(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
${layers.map((layer, index) => `      tf.layers.dense({ name: ${JSON.stringify(layer)}, units: ${index === 2 ? 10 : 12}, activation: "${index === 2 ? "softmax" : "relu"}" }),`).join("\n")}
    ],
  });
}

export default defineExperiment({
  model: net,
  data: "digits",
  epochs: 1,
  pruning: { interval: 1, maxEpochs: 2, finetuneEpochs: 0, bound: { maxDrop: 20 } },
});
`;

const MARKUP_ELEMENTS = "#panel :is(img, script, b, iframe)";

export async function prepare(workspace) {
  await mkdir(join(workspace, FOLDER));
  await writeFile(join(workspace, FOLDER, `${MARKUP}.model.ts`), source([REFUSED, ...LAYERS.slice(1)]));
}

export async function run(kit) {
  const { step, lens, panel, page, until, workspace } = kit;
  const file = join(workspace, FOLDER, `${MARKUP}.model.ts`);
  let run;

  await step("a layer's name that tfjs refuses is told as text", async () => {
    await kit.openModel();
    await kit.open(file);
    await lens("▶ Prune").click();
    await panel()
      .locator(".notice", { hasText: `Not a valid tensor name: '${REFUSED}/kernel'` })
      .waitFor();
    assert.equal(await panel().locator(MARKUP_ELEMENTS).count(), 0);
    await kit.shoot("refused.png");
  });

  await step("a model with such names is pruned, and its panel shows them as text", async () => {
    await writeFile(file, source(LAYERS));
    await until("the editor shows the new text", () =>
      kit.inHost((vscode) => vscode.window.activeTextEditor?.document.getText().includes("outside") ?? false),
    );
    await lens("▶ Prune").click();
    await until("a second run is there", async () => (await kit.readRuns()).length === 2);
    await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 120_000 });
    assert.deepEqual(
      await layerNames(panel()),
      LAYERS.map((layer) => `${layer}/kernel`),
    );
    assert.equal(await panel().locator(MARKUP_ELEMENTS).count(), 0);
    assert.ok(
      await panel()
        .locator("html")
        .evaluate((html) => html.scrollWidth <= html.clientWidth),
    );
    await kit.shoot("panel.png");
  });

  await step("everything of the run is inside its folder", async () => {
    run = (await kit.readRuns()).at(-1);
    assert.equal(run.record.plan.modelFile, file);
    assert.match(run.id, /^[\w-]+$/);
    assert.ok(!existsSync(join(workspace, ".whittle", "outside")) && !existsSync(join(workspace, "outside")));
  });

  await step("a run's name with markup, control characters and a path is shown as text", async () => {
    const evil = `${MARKUP} ../../x $(trash) ${"very ".repeat(60)}`;
    const marks = { format: 1, name: evil, tags: ["<i>tag<i>"], pinned: false };
    await kit.startCommand("whittle.runs.focus");
    await page
      .locator(".sidebar .monaco-list-row", { hasText: run.id.slice(-4) })
      .first()
      .waitFor();
    await writeFile(join(run.dir, "marks.json"), JSON.stringify(marks));
    await rowIsShown(kit, "../../x");
    const row = page.locator(".sidebar .monaco-list-row", { hasText: "../../x" }).first();
    await row.waitFor();
    assert.equal(await page.locator(".sidebar .monaco-list-row img[src='x']").count(), 0);
    const hover = page.locator(".monaco-hover, .workbench-hover", { hasText: "onerror" }).first();
    await until("its hover is shown", async () => {
      // A row that is drawn anew under the mouse takes its hover with it.
      await page.mouse.move(700, 700);
      await row.hover();
      await hover.waitFor({ timeout: 3000 });
      return true;
    });
    assert.equal(await page.locator(".workbench-hover :is(img[src='x'], a[href^='command:'])").count(), 0);
    await kit.shoot("view.png");
  });

  await step("notes in the source, and their hover, lead nowhere", async () => {
    const hovers = await kit.inHost(async (vscode, path) => {
      const uri = vscode.Uri.file(path);
      const all = [];
      for (const line of [7, 8, 9]) {
        const position = new vscode.Position(line, 12);
        const found = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, position);
        all.push(...found.flatMap((hover) => hover.contents));
      }
      return all.map((content) => ({ value: content.value, html: content.supportHtml, trusted: content.isTrusted }));
    }, file);
    assert.ok(hovers.some(({ value }) => value.includes("sparse")));
    for (const { value, html, trusted } of hovers) {
      assert.ok(!html && !/(?<!\\)</.test(value), value);
      // Its own link, and no other.
      assert.deepEqual(trusted, { enabledCommands: ["whittle.openPanel"] });
      assert.deepEqual(
        [...value.matchAll(/(?<!\\)\]\(([^?)]*)/g)].map(([, target]) => target),
        ["command:whittle.openPanel"],
      );
    }
  });

  await step("the policy of the panel allows no inline script and no other source", async () => {
    const policy = await panel().locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    assert.match(policy, /default-src 'none'/);
    const scripts = /script-src ([^;]*)/.exec(policy)[1];
    assert.match(scripts, /^'nonce-[\w+/=-]{16,}'$/);
    assert.ok(!/unsafe|https?:\/\/(?!\S*vscode)/.test(scripts));
    assert.equal(await page.title().then((title) => title === "1"), false);
  });

  await step("the run's record, when it is damaged, is a problem that names its file", async () => {
    const text = await readFile(join(run.dir, "run.json"), "utf8");
    await writeFile(join(run.dir, "run.json"), `${text.slice(0, 200)}<script>`);
    await rowIsShown(kit, run.id);
    await kit.shoot("damaged.png");
    await writeFile(join(run.dir, "run.json"), text);
    await rowIsShown(kit, "../../x");
  });
}

/** Now and then VS Code's own watcher tells nothing of a folder with such a name; that it does is runsView's affair. */
function rowIsShown({ page, until, startCommand }, text) {
  return until(`a row with ${text} is shown`, async () => {
    await startCommand("whittle.refreshRuns");
    await page.locator(".sidebar .monaco-list-row", { hasText: text }).first().waitFor({ timeout: 5000 });
    return true;
  });
}
