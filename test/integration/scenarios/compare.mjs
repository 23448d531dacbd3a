/** Runs are picked in the palette and compared; the comparison is that of the command line, and goes on with a live run. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { storeRun } from "../storedRuns.ts";
import { MODEL_FILE, WATCHED, writeExperiment } from "../workspace.mjs";

export const name = "compare runs: pick them, read the panel, see the sources' difference, reload, follow a live run";

const cli = fileURLToPath(new URL("../../../dist/cli.cjs", import.meta.url));
const FIRST = "20261120-100000-first-aaaa";
const SECOND = "20261120-100100-second-bbbb";
const THIRD = "20261120-100200-third-cccc";
/** Of `seriesStyle.ts`, dark grounds. */
const COLORS = ["#5f89e8", "#df872e", "#38ad81"];
const THEMES = [
  { name: "Default Light Modern", kind: "vscode-light", file: "compare-light.png" },
  { name: "Default High Contrast", kind: "vscode-high-contrast", file: "compare-high-contrast.png" },
  { name: "Default Dark Modern", kind: "vscode-dark", file: "compare-dark.png" },
];

export async function prepare(workspace) {
  const file = join(workspace, MODEL_FILE);
  await writeExperiment(workspace, WATCHED);
  const common = { file, name: "lenet300" };
  await storeRun(workspace, { ...common, id: FIRST, seed: 1, sparsity: 0.9, metric: 0.97 });
  await storeRun(workspace, { ...common, id: SECOND, seed: 2, sparsity: 0.92, metric: 0.975 });
  await storeRun(workspace, {
    ...common,
    id: THIRD,
    name: "<b>strong</b>",
    seed: 1,
    lambda: 0.001,
    sparsity: 0.95,
    metric: 0.96,
    source: "// another model\nexport function lenet300() {}\n",
  });
}

export async function run(kit) {
  const { step, until, page, workspace } = kit;
  const { panel } = kit;
  const rows = async () => {
    const lines = panel().locator(".runs").first().locator("tbody tr");
    return lines.evaluateAll((all) =>
      all.map((line) => [...line.querySelectorAll("th, td")].map((one) => one.innerText.trim())),
    );
  };

  await step("the runs of the workspace are offered with their figures, and several can be picked", async () => {
    await kit.openModel();
    await until("the runs are known", () => kit.lens("Compare…").isVisible());
    await kit.runCommand("Compare Runs…");
    const items = page.locator(".quick-input-list .monaco-list-row", { hasText: "% sparse" });
    await until("all three are there", async () => (await items.count()) === 3);
    const texts = await items.allInnerTexts();
    assert.match(texts.join("\n"), /seed 2 · irrelevance · λ 0\.0006 · wasm/);
    await kit.shoot("compare-pick-dark.png");
    await page.locator(".quick-input-widget .quick-input-header .monaco-checkbox").click();
    await page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
    await panel().locator("h1", { hasText: "3 runs compared" }).waitFor();
  });

  await step("the panel has the figures that whittle compare prints", async () => {
    const ids = [THIRD, SECOND, FIRST];
    const { stdout } = await promisify(execFile)(process.execPath, [cli, "compare", ...ids, "--json"], {
      cwd: workspace,
    });
    const { runs, groups } = JSON.parse(stdout);
    const percent = (value) => `${(value * 100).toFixed(2)} %`;
    const shown = await rows();
    assert.deepEqual(
      shown.map((cells) => [cells[0], cells[3], cells[5], cells[6]]),
      runs.map((one) => [one.label, percent(one.sparsity), percent(one.validation.metric), percent(one.test.metric)]),
    );
    assert.equal(shown[0][0], "<b>strong</b> · cccc");
    assert.equal(groups.length, 2);
    const seeds = await panel().locator(".seeds tbody td").allInnerTexts();
    assert.deepEqual(seeds.slice(0, 3), ["1, 2", "2", "91.00 ± 1.41 %"]);
  });

  await step("each run has its colour in the charts", async () => {
    await panel().getByRole("checkbox", { name: "Seeds together" }).uncheck();
    for (const [index, color] of COLORS.entries()) {
      await until(`run ${index} is painted`, async () => {
        const counts = await panel().locator("canvas").evaluateAll(countPixels, color);
        return counts.length === 5 && counts.every((count) => count > 20);
      });
    }
  });

  await step("a chart is zoomed by its menu, within the webview's own policy", async () => {
    await panel().getByRole("button", { name: "Copy, save or zoom “Curves”" }).click();
    await panel().getByRole("menuitem", { name: "Zoom In" }).click();
    await panel().getByRole("button", { name: "Show all of “Curves”" }).waitFor();
  });

  for (const { name, kind, file } of THEMES) {
    await step(`the comparison is drawn in the theme ${name}`, async () => {
      await kit.theme(name);
      await panel().locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      await kit.shoot(file);
    });
  }

  await step("the sources that the runs have kept open in the diff editor, and cannot be edited", async () => {
    await panel().getByRole("combobox", { name: "Left" }).selectOption({ label: "<b>strong</b> · cccc" });
    await panel().getByRole("button", { name: "Model Source Diff" }).click();
    await page.locator(".monaco-diff-editor", { hasText: "another model" }).waitFor({ timeout: 20_000 });
    await page.locator(".tab", { hasText: "Model source: <b>strong</b> · cccc ↔ lenet300 · bbbb" }).waitFor();
    await kit.shoot("compare-sources-dark.png");
    const schemes = await kit.inHost((vscode) =>
      vscode.window.visibleTextEditors.map((one) => one.document.uri.scheme),
    );
    assert.ok(schemes.filter((scheme) => scheme === "whittle-source").length === 2, schemes.join());
    await kit.inHost((vscode) => vscode.commands.executeCommand("workbench.action.closeActiveEditor"));
  });

  await step("after a reload the panel comes back with the same figures and choices", async () => {
    const title = () => panel().locator("h1", { hasText: "3 runs compared" });
    await title().waitFor();
    const before = await rows();
    await kit.reloadWindow();
    await title().waitFor({ timeout: 60_000 });
    assert.deepEqual(await rows(), before);
    const isTogether = await panel().getByRole("checkbox", { name: "Seeds together" }).isChecked();
    assert.equal(isTogether, false);
    await panel().getByRole("button", { name: "Show all of “Curves”" }).waitFor();
  });

  await step("a run that is going on is followed to its end", async () => {
    await kit.open(kit.modelFile);
    await kit.lens("▶ Prune").click({ timeout: 30_000 });
    await kit.lens("epoch").waitFor({ timeout: 60_000 });
    const live = (await kit.readRuns()).at(-1);
    await kit.inHost((vscode) => vscode.commands.executeCommand("workbench.action.closeAllEditors"));
    const stored = join(workspace, ".whittle", "runs", FIRST);
    await kit.startCommand("whittle.compareRuns", [stored, live.dir]);
    const states = new Set();
    await until(
      "the run is done in the panel",
      async () => {
        const [, row] = await rows();
        states.add(`${row[1]} ${row[8]}`);
        return row[1] === "Done";
      },
      180_000,
    );
    assert.ok(states.size > 2, `seen: ${[...states].join(", ")}`);
    const { record } = (await kit.readRuns()).at(-1);
    const [, row] = await rows();
    assert.equal(row[3], `${(record.result.sparsity * 100).toFixed(2)} %`);
    await kit.shoot("compare-live-dark.png");
    await panel().getByRole("group", { name: "Parallel coordinates" }).scrollIntoViewIfNeeded();
    await kit.shoot("compare-parallel-dark.png");
  });
}

/** Runs in the panel. */
function countPixels(canvases, hex) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return canvases.map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      count += data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255 ? 1 : 0;
    }
    return count;
  });
}
