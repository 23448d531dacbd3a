/** What a user does: click the lens, watch the panel, read the result, change the theme, reload, stop a run. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { measureBars } from "./pixels.mjs";

const THEMES = [
  { name: "Default Light Modern", kind: "vscode-light", file: "done-light.png" },
  { name: "Default High Contrast", kind: "vscode-high-contrast", file: "done-high-contrast.png" },
  { name: "Default Dark Modern", kind: "vscode-dark", file: "done-dark.png" },
];

/** @returns {Promise<{ name: string, error?: string }[]>} one entry per test; the first failure ends the scenario */
export async function runScenario({ workspace, debugPort, screenshots, signal, bridge }) {
  const tests = [];
  const file = join(workspace, "lenet300.model.ts");
  const aborted = new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // What it rejects with is told by the step that it ends, or by nobody when all steps are over.
  aborted.catch(() => undefined);
  let page;
  const step = async (name, act) => {
    if (tests.some((one) => one.error !== undefined)) {
      return;
    }
    try {
      signal.throwIfAborted();
      await Promise.race([act(), aborted]);
      tests.push({ name });
    } catch (error) {
      tests.push({ name, error: error.stack });
      await page?.screenshot({ path: join(screenshots, "failure.png") }).catch(() => undefined);
    }
  };
  const lens = (text) => page.locator(".codelens-decoration a", { hasText: text }).first();
  const panel = () => page.frameLocator("iframe.webview").last().frameLocator("iframe#active-frame");
  const shoot = (name) => page.screenshot({ path: join(screenshots, name) });

  await step("the workbench opens, and a model file wakes the extension", async () => {
    page = await connect(debugPort);
    await page.locator(".monaco-workbench .part.statusbar .statusbar-item").first().waitFor({ timeout: 60_000 });
    await until("the extension host answers", () => bridge("facts").then(() => true));
    await bridge("open", { file });
    await until("the extension is active", async () => (await bridge("facts")).isActive);
  });

  await step("every declared command is registered, and no other", async () => {
    const { declared, registered } = await bridge("facts");
    assert.deepEqual([...registered].sort(), [...declared].sort());
  });

  let clickedAt;
  await step(
    "the lens Prune stands above the model; a click starts the run, saves the file and opens the panel",
    async () => {
      await bridge("type", { file, text: "// typed, not saved\n" });
      await lens("▶ Prune").waitFor();
      await shoot("lens-dark.png");
      assert.ok((await bridge("facts")).dirty.includes(file));
      clickedAt = Date.now();
      await lens("▶ Prune").click();
      await panel().locator("h1", { hasText: "lenet300" }).waitFor({ timeout: 20_000 });
      // Of this file only: VS Code edits its own settings file now and then.
      assert.ok(!(await bridge("facts")).dirty.includes(file));
      assert.match(await readFile(file, "utf8"), /^\/\/ typed, not saved\n/);
    },
  );

  await step("the panel draws a bar per layer and tells figures while the run is going on", async () => {
    await panel().locator("tbody tr").nth(2).waitFor({ timeout: 60_000 });
    console.log(`[integration] layers in the panel ${Date.now() - clickedAt} ms after the click`);
    assert.deepEqual(await layerNames(panel()), ["fc1/kernel", "fc2/kernel", "fc3/kernel"]);
    await lens("epoch").waitFor({ timeout: 30_000 });
    await lens("Stop").waitFor();
    await page.locator(".statusbar-item", { hasText: "lenet300: " }).first().waitFor();
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
    const [run] = await readRuns(workspace);
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

  for (const { name, kind, file: picture } of THEMES) {
    await step(`the bars have the colour of the theme ${name}`, async () => {
      await bridge("theme", { name });
      await panel().locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      await until("the bars are in its colour", () => checkBars(panel(), result).then(() => true), 5000);
      await shoot(picture);
    });
  }

  for (const [what, reload] of [
    ["a sudden reload of the page", () => page.reload()],
    ["the command Reload Window", () => bridge("reload")],
  ]) {
    await step(`after ${what} the panel comes back with the same figures`, async () => {
      const before = await sparsities(panel());
      await until("the extension host is there", () => bridge("facts").then(() => true));
      await page.evaluate(() => document.body.setAttribute("data-before-reload", ""));
      await reload();
      await page.locator("body:not([data-before-reload]) .statusbar-item").first().waitFor({ timeout: 60_000 });
      await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 60_000 });
      assert.deepEqual(await sparsities(panel()), before);
      await checkBars(panel(), result);
    });
  }

  await step("Stop in the lens ends a second run", async () => {
    await until("the extension host is back", () => bridge("facts").then(() => true));
    await bridge("open", { file });
    await lens("▶ Prune").click({ timeout: 30_000 });
    await lens("epoch").waitFor({ timeout: 60_000 });
    await lens("Stop").click();
    await lens("Last: stopped").waitFor({ timeout: 30_000 });
    const runs = await readRuns(workspace);
    assert.equal(runs.length, 2);
    assert.deepEqual(runs.map((run) => run.record.state).sort(), ["done", "stopped"]);
    await shoot("stopped-dark.png");
  });
  return tests;
}

/** The workbench's page, once the browser listens. */
async function connect(debugPort) {
  let browser;
  await until("the browser listens", async () => {
    browser = await chromium.connectOverCDP(`http://127.0.0.1:${debugPort}`);
    return true;
  });
  let page;
  await until("the workbench has a page", async () => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const candidate of pages) {
      if ((await candidate.locator(".monaco-workbench").count()) > 0) {
        page = candidate;
      }
    }
    return page !== undefined;
  });
  return page;
}

async function checkBars(panel, result) {
  const { widths, colored } = await measureBars(panel, result.layers.length);
  assert.ok(colored > 200, `only ${colored} pixels have the colour of the series`);
  // Width of each bar against the widest one, as their sparsities are: within 2 points of a hundred.
  const most = Math.max(...result.layers.map((layer) => layer.sparsity));
  const widest = Math.max(...widths);
  result.layers.forEach((layer, index) => {
    const [is, should] = [widths[index] / widest, layer.sparsity / most];
    assert.ok(Math.abs(is - should) < 0.02, `${layer.name}: bar ${is} of the widest, should be ${should}`);
  });
}

async function layerNames(panel) {
  return panel.locator("tbody th").allTextContents();
}

/** In percent, from the table. */
async function sparsities(panel) {
  const texts = await panel.locator("tbody tr td:nth-of-type(1)").allTextContents();
  return texts.map((text) => Number.parseFloat(text));
}

async function readRuns(workspace) {
  const folder = join(workspace, ".whittle", "runs");
  const ids = existsSync(folder) ? (await readdir(folder)).filter((id) => !id.startsWith(".")) : [];
  return Promise.all(
    ids.map(async (id) => {
      const lines = (await readFile(join(folder, id, "events.jsonl"), "utf8")).trim().split("\n");
      const record = JSON.parse(await readFile(join(folder, id, "run.json"), "utf8"));
      return { id, record, events: lines.map((line) => JSON.parse(line)) };
    }),
  );
}

async function until(what, test, limit = 60_000) {
  const end = Date.now() + limit;
  let last;
  while (Date.now() < end) {
    try {
      if (await test()) {
        return;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(200);
  }
  throw new Error(`Waited ${limit / 1000} s in vain until ${what}${last === undefined ? "" : `: ${last.message}`}.`);
}
