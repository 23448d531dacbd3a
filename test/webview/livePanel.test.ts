import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { asFigure, asPercent } from "../../src/protocol/figures.ts";
import type { LivePanelState } from "../../src/protocol/livePanelState.ts";
import { countPixels, type Live, useLive } from "./livePage.ts";
import { THEMES } from "./panelPage.ts";
import recorded from "./recorded.json" with { type: "json" };

const { record, events } = recorded;
const finalLayers = record.result.layers;

describe("the live panel", () => {
  const { openLive, showRun, answerMask, waitFor } = useLive();

  for (const theme of THEMES) {
    it(`draws every chart of a finished run in the colours of ${theme}, without findings of axe`, async () => {
      const panel = await showRun({ theme });
      await panel.shoot(`live-done-${theme}`);
      for (const [chart, color] of [
        [".curves", "charts-blue"],
        [".curves", "charts-yellow"],
        [".losses", "charts-purple"],
        [".losses", "charts-yellow"],
        [".bars", "charts-blue"],
        [".units", "charts-green"],
        [".search", "charts-red"],
        [".histogram", "charts-blue"],
        [".histogram", "charts-yellow"],
      ] as const) {
        assert.ok((await countPixels(panel.page, `${chart} canvas`, color)) > 40, `${chart} in ${color}`);
      }
      assert.ok((await countPixels(panel.page, "canvas.mask", "charts-blue")) > 20);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }

  it("says the figures that the run's record holds", async () => {
    const { page } = await showRun();
    const figures = await page.locator(".figures > div").allTextContents();
    assert.ok(figures.includes(`Sparsity${asPercent(record.result.sparsity)}`), figures.join());
    assert.ok(figures.includes(`Test accuracy${asPercent(record.result.test.metric, 2)}`), figures.join());
    const sparsities = await page.locator("tbody tr td:nth-of-type(1)").allTextContents();
    assert.deepEqual(
      sparsities,
      finalLayers.map((layer) => asPercent(layer.sparsity)),
    );
  });

  it("offers only what fits the state, and posts what was clicked", async () => {
    const panel = await showRun({ state: "running", until: 80, theme: "light", width: 760 });
    const visible = () => panel.page.locator(".steering button:visible").allTextContents();
    assert.deepEqual(await visible(), ["Pause", "Prune now", "Save", "Stop"]);
    await panel.shoot("live-running-light");
    for (const name of ["Pause", "Prune now", "Save", "Stop"]) {
      await panel.page.getByRole("button", { name, exact: true }).click();
    }
    const deeds = (await panel.posted()).filter(({ type }) => type === "steer");
    assert.deepEqual(
      deeds.map((message) => message["deed"]),
      ["pause", "pruneNow", "save", "stop"],
    );
    await panel.post({ type: "events", name: "renamed", state: "paused", events: [] });
    await panel.page.locator("h1", { hasText: "renamed" }).waitFor();
    assert.deepEqual(await visible(), ["Continue", "Save", "Stop"]);
    await panel.post({ type: "events", name: "renamed", state: "interrupted", events: [] });
    await panel.page.locator(".notice.warning").waitFor();
    assert.deepEqual(await visible(), ["Resume"]);
  });

  it("does not offer to prune while the dense reference is trained, and says why", async () => {
    const until = events.findIndex((event) => event.type === "epoch") + 1;
    const { page } = await showRun({ state: "running", until });
    const prune = page.locator('[data-deed="pruneNow"]');
    assert.ok(await prune.isDisabled());
    assert.match((await prune.getAttribute("title")) ?? "", /dense reference/);
  });

  it("ends with the same picture whether the events came at once or one by one", async () => {
    const whole = await showRun();
    const piecewise = await showRun({ until: 10, state: "running" });
    for (const event of events.slice(10)) {
      await piecewise.post({ type: "events", name: record.name, state: "running", events: [event] });
    }
    await piecewise.post({ type: "events", name: record.name, state: "done", events: [] });
    await answerMask(piecewise, "fc1/kernel");
    await piecewise.page.locator('.badge[data-state="done"]').waitFor();
    const read = (panel: Live) => panel.page.locator("main").innerText();
    assert.equal(await read(piecewise), await read(whole));
    for (const chart of [".curves", ".bars", ".search"]) {
      const [a, b] = await Promise.all([whole, piecewise].map((panel) => picture(panel.page, `${chart} canvas`)));
      assert.equal(a, b, chart);
    }
  });

  it("has a table for every chart, and another layer at the keyboard's choice", async () => {
    const panel = await showRun();
    const { page } = panel;
    const toggles = page.getByRole("button", { name: /as a table/ });
    assert.equal(await toggles.count(), 7);
    for (const toggle of await toggles.all()) {
      if ((await toggle.getAttribute("aria-pressed")) === "false") {
        await toggle.focus();
        await page.keyboard.press("Enter");
      }
    }
    const rows = await page
      .locator("table:visible")
      .evaluateAll((tables) => tables.map((one) => one.querySelectorAll("tbody tr").length));
    assert.ok(
      rows.every((count) => count > 0),
      rows.join(),
    );
    const searched = events.filter(
      (event) => event.type === "phase" && "phase" in event && event.phase === "search",
    ).length;
    await page.getByRole("button", { name: "Search before this one" }).click();
    await page.getByText(`${searched - 1} of ${searched}`).waitFor();
    await page.getByLabel("Layer", { exact: true }).focus();
    await page.keyboard.press("ArrowDown");
    await answerMask(panel, "fc2/kernel");
    await page
      .getByText(/surviving weights of fc2\/kernel/)
      .first()
      .waitFor();
  });

  it("saves charts as PNG, SVG and CSV from a menu that the keyboard can use", async () => {
    const panel = await showRun();
    const { page } = panel;
    const opener = page.getByRole("button", { name: "Copy, save or zoom “Sparsity and validation metric”" });
    const saved = async (steps: number) => {
      await opener.focus();
      await page.keyboard.press("Enter");
      for (let step = 0; step < steps; step += 1) {
        await page.keyboard.press("ArrowDown");
      }
      await page.keyboard.press("Enter");
      const ending = ["", "", ".png", ".svg", ".csv"][steps] ?? "";
      const file = await waitFor(panel, ({ type, name }) => type === "saveFile" && String(name).endsWith(ending));
      return { name: String(file["name"]), base64: String(file["base64"]) };
    };
    const png = await saved(2);
    assert.match(png.name, /^lenet300 \w{4} Sparsity and validation metric\.png$/);
    const bytes = Buffer.from(png.base64, "base64");
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    assert.ok(bytes.readUInt32BE(16) >= 1200, "twice as many pixels as on the page");
    const svg = Buffer.from((await saved(3)).base64, "base64").toString();
    assert.match(svg, /^<svg[^>]*>/);
    assert.ok(svg.includes("Sparsity and validation metric"));
    assert.ok((svg.match(/<path/g) ?? []).length > 20);
    const csv = Buffer.from((await saved(4)).base64, "base64")
      .toString()
      .trim()
      .split("\n");
    assert.equal(csv[0], "Epoch,Phase,Sparsity,Validation accuracy,Validation loss");
    const points = events.filter((event) => event.type === "epoch" || event.type === "prune").length;
    assert.equal(csv.length, points + 1);
    await opener.click();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".menu:popover-open").count(), 0);
    assert.ok(await opener.evaluate((element) => element === document.activeElement));
  });

  it("stays zoomed while epochs come in, and shows all of them when asked", async () => {
    const finished = await showRun();
    const { page, post } = await showRun({ until: 120, state: "running" });
    const area = page.getByRole("group", { name: "“Sparsity and validation metric”: + and − zoom" });
    const reset = page.getByRole("button", { name: "Show all of “Sparsity and validation metric”" });
    await area.focus();
    await page.keyboard.press("+");
    await reset.waitFor();
    await post({ type: "events", name: record.name, state: "done", events: events.slice(120) });
    await page.locator('.badge[data-state="done"]').waitFor();
    assert.ok(await reset.isVisible());
    const all = await picture(finished.page, ".curves canvas");
    assert.notEqual(await picture(page, ".curves canvas"), all);
    await reset.click();
    assert.equal(await picture(page, ".curves canvas"), all);
    assert.ok(await area.evaluate((element) => element === document.activeElement));
  });

  it("smooths the metric, with what was measured behind it, and draws it on a logarithmic axis", async () => {
    const panel = await showRun();
    const { page } = panel;
    const seen = () => picture(page, ".curves canvas");
    const measured = await seen();
    await page.getByRole("slider", { name: "Smoothing" }).fill("0.8");
    await page.locator("output", { hasText: "0.8" }).waitFor();
    await page.waitForFunction(
      (before) => document.querySelector<HTMLCanvasElement>(".curves canvas")?.toDataURL() !== before,
      measured,
    );
    const smoothed = await seen();
    await page.getByRole("checkbox", { name: "Log scale" }).check();
    await page.waitForFunction(
      (before) => document.querySelector<HTMLCanvasElement>(".curves canvas")?.toDataURL() !== before,
      smoothed,
    );
    await panel.shoot("live-smoothed-dark");
    await page.getByRole("button", { name: "Show “Sparsity and validation metric” as a table" }).click();
    const heads = page.getByRole("region", { name: "Sparsity and validation metric" }).locator("thead th");
    assert.equal(await heads.last().textContent(), "Smoothed");
  });

  it("keeps over a reload how its user looks at the curves: zoom, smoothing, scale", async () => {
    const first = await showRun();
    const kept = async () => (await first.kept()) as LivePanelState;
    assert.deepEqual(await kept(), { runDir: "/runs/r", look: { smoothing: 0, isLog: false, zooms: {} } });
    await first.page.getByRole("group", { name: "“Loss”: + and − zoom" }).press("+");
    await first.page.getByRole("slider", { name: "Smoothing" }).fill("0.8");
    await first.page.getByRole("checkbox", { name: "Log scale" }).check();
    await first.page.locator("output", { hasText: "0.8" }).waitFor();
    const { look } = await kept();
    assert.deepEqual([look.smoothing, look.isLog, Object.keys(look.zooms)], [0.8, true, ["losses"]]);
    const { page } = await showRun({ look });
    assert.equal(await page.getByRole("slider", { name: "Smoothing" }).inputValue(), "0.8");
    assert.ok(await page.getByRole("checkbox", { name: "Log scale" }).isChecked());
    assert.ok(await page.getByRole("button", { name: "Show all of “Loss”" }).isVisible());
    for (const chart of [".curves canvas", ".losses canvas"]) {
      assert.equal(await picture(page, chart), await picture(first.page, chart), chart);
    }
  });

  it("has the losses of training and of the validation split, epoch by epoch", async () => {
    const { page } = await showRun();
    await page.getByRole("button", { name: "Show “Loss” as a table" }).click();
    const rows = await page
      .getByRole("region", { name: "Loss", exact: true })
      .locator("tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    const expected = events.flatMap(({ type, epoch, phase, loss, validation }) => {
      const validated = asFigure(validation?.loss ?? Number.NaN);
      if (type === "epoch") {
        return [[String(epoch), phase, asFigure(loss ?? Number.NaN), validated]];
      }
      return type === "prune" ? [[String(epoch), "prune", "", validated]] : [];
    });
    assert.ok(expected.length > 10);
    assert.deepEqual(rows, expected);
    const canvas = page.locator(".losses canvas");
    assert.match((await canvas.getAttribute("aria-label")) ?? "", /^After epoch 23: loss [\d.]+ in training and/);
    const before = await picture(page, ".losses canvas");
    await page.getByRole("slider", { name: "Smoothing" }).fill("0.8");
    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>(".losses canvas")?.toDataURL() !== old,
      before,
    );
  });

  it("copies a chart's figures", async () => {
    const { page } = await showRun();
    await page.getByRole("button", { name: "Copy or save “Sparsity per layer”" }).click();
    await page.getByRole("menuitem", { name: "Copy Data as CSV" }).click();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^Layer,Sparsity,/);
    assert.ok(text.includes(`fc1/kernel,${finalLayers[0]?.sparsity},`));
  });

  it("folds the rows of many layers by block, opens one, and keeps the choice while the run goes on", async () => {
    const [first] = finalLayers;
    const layers = ["encoder", "decoder"].flatMap((side) =>
      Array.from({ length: 6 }, (_, block) =>
        ["wq", "wk", "wv", "wo"].map((tensor) => ({
          ...first,
          name: `${side}_block_${block}/self_attention/${tensor}`,
        })),
      ).flat(),
    );
    const panel = await openLive();
    const { page } = panel;
    const model = { type: "model", seq: 1, time: 0, params: 1, metric: "accuracy", layers };
    await panel.post({ type: "snapshot", name: record.name, record, state: "running", events: [model] });
    const rows = page.locator("table:visible tbody tr");
    await rows.nth(11).waitFor();
    assert.equal(await rows.count(), 12);
    assert.match((await rows.first().textContent()) ?? "", /^encoder_block_0/);
    await panel.shoot("live-blocks-dark");
    const choice = page.getByLabel("Rows");
    await choice.selectOption({ label: "decoder_block_5 (4)" });
    await rows.nth(14).waitFor();
    assert.equal(await rows.count(), 15);
    await panel.post({ type: "events", name: record.name, state: "running", events: [{ ...model, seq: 2 }] });
    await page.locator(".badge", { hasText: "running" }).waitFor();
    assert.equal(await rows.count(), 15);
    assert.match((await rows.last().textContent()) ?? "", /^decoder_block_5\/self_attention\/wo/);
    await panel.setTheme("light");
    await panel.shoot("live-blocks-light");
    assert.deepEqual(await panel.findBarriers(), []);
  });

  it("says how many steps a second are done, and that each is one graph", async () => {
    const panel = await showRun({ state: "running", until: 30 });
    const texts = () => panel.page.locator(".figures > div").allTextContents();
    assert.ok(!(await texts()).some((text) => text.startsWith("Steps")), "the log does not say");
    const last = events.findLast((event) => event.type === "epoch");
    const spent = { train: 0.5, data: 0, evaluate: 0, search: 0, checkpoint: 0 };
    const execution = { mode: "graph", reason: "Recorded." };
    await panel.post({
      type: "events",
      name: record.name,
      state: "running",
      events: [
        { seq: 1001, time: 1, type: "execution", execution },
        { ...last, seq: 1002, steps: 600, spent },
      ],
    });
    await panel.page.getByText("on native, each step as one graph").waitFor();
    assert.ok((await texts()).includes("Steps a second1,200"), (await texts()).join());
  });

  it("shows hostile names as text", async () => {
    const markup = `<img src=x onerror="document.title='owned'">`;
    const layers = finalLayers.map((layer, index) =>
      index === 0 ? { ...layer, name: `${markup}${"x".repeat(3000)}` } : layer,
    );
    const panel = await openLive();
    const model = { type: "model", seq: 1, time: 0, params: 1, metric: markup, layers };
    await panel.post({ type: "snapshot", name: markup, record, state: "running", events: [model] });
    await panel.page.locator("h1", { hasText: "<img" }).waitFor();
    assert.equal(await panel.page.locator("main img").count(), 0);
    assert.equal(await panel.page.title(), "Whittle");
    assert.ok(
      await panel.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      "nothing sticks out",
    );
  });

  it("shows all that the run warns of, each once", async () => {
    const panel = await openLive();
    const warnings = ["the first", "<b>another</b>", "the first"].map((message, at) => {
      return { type: "warning", seq: events.length + at + 1, time: 0, message };
    });
    await panel.post({ type: "snapshot", name: record.name, record, state: "done", events: [...events, ...warnings] });
    await panel.page.locator(".notice.warning").nth(1).waitFor();
    const texts = await panel.page.locator(".notice.warning span:last-child").allInnerTexts();
    assert.deepEqual(texts, ["the first", "<b>another</b>"]);
  });

  it("opens a log of 0.1.0, which has no histograms and no limits", async () => {
    const old = events
      .filter((event) => event.type !== "histogram")
      .map((event) => (event.type === "probe" ? { ...event, limit: undefined } : event));
    const panel = await openLive();
    await panel.post({ type: "snapshot", name: record.name, record, state: "done", events: old });
    await panel.page.getByText("The log has no histogram of weights yet.").waitFor();
    assert.ok((await countPixels(panel.page, ".curves canvas", "charts-blue")) > 100);
  });

  it("says that it waits while there is nothing to draw, and fits a narrow column", async () => {
    const panel = await openLive({ width: 420 });
    await panel.post({ type: "snapshot", name: record.name, record, state: "starting", events: [] });
    await panel.page.getByText("Loading engine, model and data …").waitFor();
    await panel.shoot("live-starting-narrow");
    assert.ok(await panel.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    await (await showRun({ state: "paused", until: 30, width: 420 })).shoot("live-paused-narrow");
  });

  it("keeps what was shown when the run's folder is gone, and says so", async () => {
    const panel = await showRun({ state: "running", until: 30 });
    assert.ok((await panel.page.locator(".steering button:visible").count()) > 0);
    await panel.post({ type: "gone", message: "This run was deleted." });
    await panel.page.getByText("This run was deleted.").waitFor();
    // What had been asked for before arrives late, and must not bring the buttons back.
    await panel.post({ type: "mask", layer: "fc1/kernel", problem: "gone" });
    await panel.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await panel.page.locator(".steering button:visible, header .badge:visible").count(), 0);
    assert.ok(await panel.page.locator(".bars canvas").isVisible());
  });
});

function picture(page: Page, selector: string): Promise<string> {
  return page.locator(selector).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}
