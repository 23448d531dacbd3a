/** The comparison panel in a browser: what it paints, says and asks for. */
import assert from "node:assert/strict";
import type { CompareOptions } from "../../src/protocol/comparePanel.ts";
import { PALETTES } from "../../src/webview/compare/seriesStyle.ts";
import { COURSE, epochEvent, sampleInput } from "../unit/runs/compare/sampleComparison.ts";
import { CHARTS, chartOf, HOSTILE, inputs, messageOf, until, useComparison } from "./comparePage.ts";
import { countPixels, THEMES } from "./panelPage.ts";

describe("the comparison panel", () => {
  const { show } = useComparison();

  it("shows the figures of runs and of seeds, and names as text", async () => {
    const { page } = await show(inputs);
    const rows = page.locator(".runs").first().locator("tbody tr");
    assert.equal(await rows.count(), 4);
    assert.deepEqual((await rows.nth(1).locator("td").allTextContents()).slice(0, 7), [
      "Done",
      "2",
      "94.00 %",
      "8",
      "98.00 %",
      "97.00 %",
      "−0.50 pp",
    ]);
    assert.equal(await rows.nth(2).locator("button").textContent(), `${HOSTILE} · c3c3`);
    assert.equal(await page.locator("img").count(), 0);
    const seeds = page.locator(".seeds tbody td");
    assert.deepEqual((await seeds.allTextContents()).slice(1, 5), [
      "2",
      "92.00 ± 2.83 %",
      "97.50 ± 0.71 %",
      "96.50 ± 0.71 %",
    ]);
    assert.match((await page.locator(".caveats").textContent()) ?? "", /Not run to the end: lenet300 · d4d4/);
  });

  it("paints each run in its colour, in scatter, curves and bars", async () => {
    const { page } = await show(inputs, { aggregate: false });
    for (const [index, color] of PALETTES.dark.slice(0, 4).entries()) {
      const painted = await Promise.all(
        CHARTS.map((title) => countPixels(chartOf(page, title).locator("canvas"), color)),
      );
      const [scatter = 0, curves = 0, setting = 0, bars = 0] = painted;
      // The last run has no result: a hollow mark.
      assert.ok(scatter > (index === 3 ? 10 : 30), `run ${index} in the scatter: ${scatter}`);
      assert.ok(setting > (index === 3 ? 10 : 30), `run ${index} by setting: ${setting}`);
      assert.ok(curves > 100, `run ${index} in the curves: ${curves}`);
      assert.ok(bars > 200, `run ${index} in the bars: ${bars}`);
    }
  });

  it("hides a run, keeps that over a reload, and gives seeds together one colour", async () => {
    const { page, kept } = await show(inputs, { aggregate: false });
    const [, second = ""] = PALETTES.dark;
    const bars = chartOf(page, "Layers").locator("canvas");
    await page.getByRole("checkbox", { name: "Draw lenet300 · b2b2" }).uncheck();
    await until(async () => (await countPixels(bars, second)) === 0);
    assert.deepEqual(((await kept()) as { options: CompareOptions }).options.hidden, ["r-b2b2"]);
    await page.getByRole("checkbox", { name: "Draw lenet300 · b2b2" }).check();
    await until(async () => (await countPixels(bars, second)) > 200);
    await page.getByRole("checkbox", { name: "Seeds together" }).check();
    await until(async () => (await countPixels(bars, second)) === 0);
  });

  it("has each chart's figures as a table", async () => {
    const { page } = await show(inputs, { aggregate: false });
    await page.getByRole("button", { name: "Show “Sparsity against metric” as a table" }).click();
    const rows = page.locator("section", { hasText: "Sparsity against metric" }).last().locator("tbody tr");
    assert.deepEqual(await rows.nth(1).locator("th, td").allTextContents(), [
      "lenet300 · b2b2",
      "94.00 %",
      "",
      "98.00 %",
      "",
      "1",
      "yes",
    ]);
    const label = await page.locator("canvas").first().getAttribute("aria-label");
    assert.match(
      label ?? "",
      /^Validation accuracy against sparsity \(higher is better\), 4 points\. On the Pareto front: /,
    );
  });

  it("switches split, figure and axis", async () => {
    const { page } = await show(inputs);
    const label = (at: number) =>
      chartOf(page, CHARTS[at] ?? "")
        .locator("canvas")
        .getAttribute("aria-label");
    await page.getByRole("combobox", { name: "Metric" }).selectOption({ label: "Test accuracy" });
    await until(async () => /^Test accuracy against sparsity/.test((await label(0)) ?? ""));
    assert.equal(await page.getByRole("checkbox", { name: "Way to the result" }).count(), 0);
    await page.getByRole("combobox", { name: "Figure" }).first().selectOption({ label: "Sparsity" });
    await page.getByRole("combobox", { name: "Over" }).selectOption({ label: "Training time" });
    await until(async () => /^Sparsity by Training time, at the end: .*50\.00 %/.test((await label(1)) ?? ""));
    await page.getByRole("combobox", { name: "Figure" }).last().selectOption({ label: "Units alive" });
    await until(async () => /^Units alive of 2 layers in 4 runs/.test((await label(3)) ?? ""));
  });

  it("follows a run that goes on, and leaves the focus where it is", async () => {
    const { page, post } = await show(inputs);
    const box = page.getByRole("checkbox", { name: "Draw lenet300 · d4d4" });
    await box.focus();
    const done = sampleInput({ id: "r-d4d4", seed: 3, sparsity: 0.98, validation: 0.9, test: 0.89 });
    await post(messageOf([...inputs.slice(0, 3), done]));
    await page.locator(".runs tbody tr").nth(3).getByText("98.00 %").waitFor();
    assert.ok(await box.evaluate((element) => element === document.activeElement));
    assert.equal(await page.locator(".caveat").count(), 0);
  });

  it("asks the host for runs, panels, sources and exports, by keyboard as well", async () => {
    const { page, sent } = await show(inputs);
    await page.getByRole("button", { name: "Choose Runs…" }).click();
    await page.getByRole("button", { name: "lenet300 · a1a1" }).first().click();
    await page.getByRole("combobox", { name: "Right" }).selectOption({ label: "lenet300 · d4d4" });
    await page.getByRole("button", { name: "Model Source Diff" }).click();
    await page.getByRole("button", { name: "Export the comparison" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Export the comparison" }).click();
    await page.getByRole("menuitem", { name: "Save as LaTeX…" }).click();
    assert.deepEqual(await sent(), [
      { type: "changeRuns" },
      { type: "openRun", id: "r-a1a1" },
      { type: "diffSources", a: "r-a1a1", b: "r-d4d4" },
      { type: "export", format: "csv", to: "clipboard" },
      { type: "export", format: "latex", to: "file" },
    ]);
  });

  it("saves a chart as a picture", async () => {
    const { page, sent } = await show(inputs);
    await page.getByRole("button", { name: "Copy, save or zoom “Sparsity against metric”" }).click();
    await page.getByRole("menuitem", { name: "Save as PNG…" }).click();
    let [message] = await sent();
    await until(async () => {
      message ??= (await sent())[0];
      return message !== undefined;
    });
    assert.equal(message?.["name"], "comparison Sparsity against metric.png");
    const bytes = Buffer.from(String(message?.["base64"]), "base64");
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    assert.ok(bytes.length > 10_000, `${bytes.length} bytes`);
  });

  it("draws 10 runs of 2,000 epochs each", async () => {
    const long = Array.from({ length: 2000 }, (_, index) =>
      epochEvent(index + 1, [100 - index / 40, 20], 0.9 + index / 40_000),
    );
    const many = Array.from({ length: 10 }, (_, index) =>
      sampleInput({ id: `r-${index}`, seed: index, sparsity: 0.9, events: [...COURSE.slice(0, 2), ...long] }),
    );
    const { page } = await show(inputs);
    await page.evaluate((message) => window.postMessage(message, "*"), messageOf(many));
    await page.locator("h1", { hasText: "10 runs compared" }).waitFor();
    assert.equal(await page.locator(".runs").first().locator("tbody tr").count(), 10);
    // Differing only by seed, they share a colour.
    const [color = ""] = PALETTES.dark;
    await until(async () => (await countPixels(page.locator("canvas").nth(1), color)) > 100);
  });

  for (const theme of THEMES) {
    it(`has no serious barrier in theme ${theme}`, async () => {
      const panel = await show(inputs);
      await panel.setTheme(theme);
      await panel.page.waitForTimeout(200);
      await panel.shoot(`compare-${theme}`);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }
});
