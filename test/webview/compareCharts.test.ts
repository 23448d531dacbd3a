/** The comparison panel in a browser: its charts, zoomed, smoothed, by setting and over parallel axes. */
import assert from "node:assert/strict";
import type { CompareOptions } from "../../src/protocol/comparePanel.ts";
import type { NewEvent } from "../../src/protocol/events.ts";
import { PALETTES } from "../../src/webview/compare/seriesStyle.ts";
import { COURSE, epochEvent, sampleInput } from "../unit/runs/compare/sampleComparison.ts";
import { axisPixels, chartOf, inputs, labelOf, messageOf, picture, until, useComparison } from "./comparePage.ts";
import { countPixels, THEMES } from "./panelPage.ts";

describe("charts of the comparison panel", () => {
  const { open, show } = useComparison();

  it("draws a result against any setting that differs, on a logarithmic axis where it can", async () => {
    const { page, kept } = await show(inputs);
    const chart = chartOf(page, "Result by setting");
    const label = async () => (await chart.locator("canvas").getAttribute("aria-label")) ?? "";
    const log = chart.getByRole("checkbox", { name: "Log scale" });
    assert.match(
      await label(),
      /^Validation accuracy by pruning\.lambda: lenet300 · a1a1 \+2: 0\.0006, 97\.50 ± 0\.71 %; /,
    );
    const before = await picture(chart);
    await log.check();
    await until(async () => (await picture(chart)) !== before);
    await chart.getByRole("combobox", { name: "Setting" }).selectOption("seed");
    await chart.getByRole("combobox", { name: "Result" }).selectOption({ label: "Weights left" });
    await until(async () =>
      /^Weights left by seed: lenet300 · a1a1: 1, 13; lenet300 · b2b2: 2, 8; /.test(await label()),
    );
    const { options } = (await kept()) as { options: CompareOptions };
    assert.deepEqual([options.setting, options.outcome, options.logSetting], ["seed", "params", true]);
    await chart.getByRole("button", { name: "Show “Result by setting” as a table" }).click();
    assert.deepEqual(await chart.locator("tbody tr").first().locator("th, td").allTextContents(), [
      "lenet300 · a1a1",
      "1",
      "13",
      "",
      "1",
    ]);
  });

  it("says why names have no logarithmic axis, and has no chart where all settings are the same", async () => {
    const { page, post } = await show([
      sampleInput({ id: "r-a", seed: 1, sparsity: 0.9 }),
      sampleInput({ id: "r-b", seed: 1, sparsity: 0.8, settings: { optimizer: { name: "sgd" } } }),
    ]);
    const chart = chartOf(page, "Result by setting");
    await chart.getByRole("combobox", { name: "Setting" }).selectOption("optimizer.name");
    const log = chart.getByRole("checkbox", { name: "Log scale" });
    await log.click({ force: true });
    assert.equal(await log.isChecked(), false);
    assert.equal(await log.getAttribute("aria-description"), "Only where all values are numbers above 0");
    assert.match((await chart.locator("canvas").getAttribute("aria-label")) ?? "", /r-a: adam, .* r-b: sgd, /);
    await post(messageOf([sampleInput({ id: "r-a", sparsity: 0.9 }), sampleInput({ id: "r-b", sparsity: 0.8 })]));
    await chart.waitFor({ state: "hidden" });
  });

  it("zooms by drag, wheel and keyboard, and keeps that while figures come in and over a reload", async () => {
    const { page, post, kept } = await show(inputs);
    const chart = chartOf(page, "Sparsity against metric");
    const zoomed = async () => ((await kept()) as { options: CompareOptions }).options.zooms.scatter?.scales;
    const seen = async () => (await zoomed()) ?? { x: { min: 0, max: 100 }, y: { min: 0, max: 100 } };
    const width = async (axis: "x" | "y") => ((await seen())[axis]?.max ?? 0) - ((await seen())[axis]?.min ?? 0);
    const whole = await picture(chart);
    const reset = chart.getByRole("button", { name: "Show all of “Sparsity against metric”" });
    assert.equal(await reset.isVisible(), false);

    // From the middle of the plot to beyond its right upper corner: the half that is sparse and accurate.
    const box = (await chart.locator("canvas").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 2, { steps: 4 });
    await page.mouse.up();
    await until(async () => (await zoomed()) !== undefined);
    // Runs at 50 and 92 ± 2.8 %, dense at 96 %: the whole axes reach from 45.5 to 99.3 and from 95.7 to 98.7 %.
    const { x, y } = await seen();
    assert.ok(x !== undefined && x.min > 60 && x.min < 75 && x.max > 98 && x.max < 100, JSON.stringify(x));
    assert.ok(y !== undefined && y.min > 96.5 && y.min < 97.5 && y.max > 98.4 && y.max < 99, JSON.stringify(y));
    const dragged = await picture(chart);
    assert.notEqual(dragged, whole);
    assert.ok(await reset.isVisible());

    await post(messageOf(inputs));
    await page.getByRole("combobox", { name: "Figure" }).first().selectOption({ label: "Sparsity" });
    await until(async () => /^Sparsity by Epoch/.test((await labelOf(chartOf(page, "Curves"))) ?? ""));
    assert.equal(await picture(chart), dragged);
    const state = await kept();
    const again = await open("compare", state);
    await again.setTheme("dark");
    await again.post(messageOf(inputs));
    await until(async () => (await picture(chartOf(again.page, "Sparsity against metric"))) === dragged);

    const before = await width("x");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -100);
    assert.equal(await width("x"), before);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    await until(async () => (await width("x")) < before * 0.95);

    const area = chart.getByRole("group");
    await area.focus();
    const wheeled = await seen();
    await page.keyboard.press("+");
    await until(
      async () => Math.abs((await width("y")) / ((wheeled["y"]?.max ?? 0) - (wheeled["y"]?.min ?? 0)) - 0.75) < 0.01,
    );
    const at = (await seen())["x"]?.min ?? 0;
    const step = (await width("x")) / 10;
    await page.keyboard.press("ArrowRight");
    await until(async () => Math.abs(((await seen())["x"]?.min ?? 0) - at - step) < step * 0.02);
    await page.keyboard.press("0");
    await until(async () => (await zoomed()) === undefined && (await picture(chart)) === whole);
    assert.equal(await reset.isVisible(), false);
  });

  it("zooms by the menu, and shows all when the axes come to stand for something else", async () => {
    const { page, kept } = await show(inputs);
    const chart = chartOf(page, "Curves");
    const zooms = async () => ((await kept()) as { options: CompareOptions }).options.zooms;
    const choose = async (item: string) => {
      await chart.getByRole("button", { name: "Copy, save or zoom “Curves”" }).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    const whole = await picture(chart);
    await choose("Zoom In");
    await until(async () => (await zooms()).curves !== undefined);
    assert.notEqual(await picture(chart), whole);
    await choose("Zoom Out");
    await choose("Zoom Out");
    await until(async () => (await zooms()).curves === undefined);
    await choose("Zoom In");
    await choose("Reset Zoom");
    await until(async () => (await picture(chart)) === whole);
    await choose("Zoom In");
    await until(async () => (await zooms()).curves !== undefined);
    await chart.getByRole("combobox", { name: "Over" }).selectOption({ label: "Step" });
    await until(async () => (await zooms()).curves === undefined);
  });

  it("smooths curves, with what was measured behind them, and draws them on a logarithmic axis", async () => {
    const long = Array.from({ length: 60 }, (_, index) => ({
      ...epochEvent(index + 1, [100, 20], 0.9),
      validation: { loss: 2 * 0.9 ** index * (1 + 0.3 * Math.sin(index * 2.4)), metric: 0.9 },
    })) as NewEvent[];
    const panel = await show(
      ["r-1", "r-2", "r-3"].map((id, index) =>
        sampleInput({
          id,
          seed: index,
          sparsity: 0.9,
          settings: { pruning: { lambda: 0.1 * 10 ** -index } },
          events: [...COURSE.slice(0, 2), ...long.slice(index * 10)],
        }),
      ),
      { curve: "validationLoss" },
    );
    const { page, kept } = panel;
    const chart = chartOf(page, "Curves");
    const measured = await picture(chart);
    const slider = chart.getByRole("slider", { name: "Smoothing" });
    await slider.focus();
    await page.keyboard.press("End");
    for (let press = 0; press < 9; press += 1) {
      await page.keyboard.press("ArrowLeft");
    }
    await chart.locator("output", { hasText: "0.9" }).waitFor();
    await until(async () => (await picture(chart)) !== measured);
    const smoothed = await picture(chart);
    await chart.getByRole("checkbox", { name: "Log scale" }).check();
    await until(async () => (await picture(chart)) !== smoothed);
    const { options } = (await kept()) as { options: CompareOptions };
    assert.deepEqual([options.smoothing, options.logCurve], [0.9, true]);
    for (const theme of THEMES) {
      await panel.setTheme(theme);
      await page.waitForTimeout(200);
      await panel.shoot(`compare-smoothed-${theme}`);
      assert.deepEqual(await panel.findBarriers(), []);
    }
    await chart.getByRole("button", { name: "Show “Curves” as a table" }).click();
    assert.deepEqual(await chart.locator("thead th").allTextContents(), [
      "Run",
      "Epoch",
      "Validation loss",
      "Smoothed",
    ]);
    await chart.getByRole("combobox", { name: "Figure" }).selectOption({ label: "Sparsity" });
    await slider.waitFor({ state: "detached" });
    assert.equal(await chart.getByRole("checkbox", { name: "Log scale" }).isChecked(), false);
  });

  it("draws runs over parallel axes, and dims those outside of ranges that are drawn or typed", async () => {
    const panel = await show(inputs, { aggregate: false });
    const { page, kept } = panel;
    const chart = chartOf(page, "Parallel coordinates");
    const canvas = chart.locator("canvas");
    const inRange = async () => /In range: (.*)\.$/.exec((await labelOf(chart)) ?? "")?.[1];
    const ranges = async () => ((await kept()) as { options: CompareOptions }).options.ranges;
    const [first, second] = PALETTES.dark;
    assert.match(
      (await labelOf(chart)) ?? "",
      /^Runs by seed, pruning\.lambda, Sparsity, Validation loss, Validation accuracy\. In range: lenet300 · a1a1, /,
    );
    assert.ok((await countPixels(canvas, first)) > 100);

    // The axes' order: seed, λ, sparsity (50 to 94 %), loss, accuracy. Down the upper half of the third.
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const axes = await axisPixels(chart);
    assert.equal(axes.length, 5);
    const x = box.x + (axes[2] ?? 0);
    await page.mouse.move(x, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(x, box.y + box.height * 0.4, { steps: 5 });
    await page.mouse.up();
    await until(async () => (await inRange()) === "lenet300 · a1a1, lenet300 · b2b2");
    const drawn = (await ranges())["result.sparsity"];
    assert.ok(drawn !== undefined && drawn.max === 0.94 && drawn.min > 0.6 && drawn.min < 0.9, JSON.stringify(drawn));

    await chart.getByRole("combobox", { name: "Range on" }).selectOption({ label: "Sparsity" });
    await chart.getByRole("spinbutton", { name: "From" }).fill("92");
    await page.keyboard.press("Tab");
    await until(async () => (await inRange()) === "lenet300 · b2b2");
    assert.ok((await countPixels(canvas, first)) === 0);
    assert.ok((await countPixels(canvas, second)) > 100);
    for (const theme of THEMES) {
      await panel.setTheme(theme);
      await page.waitForTimeout(200);
      await panel.shoot(`compare-parallel-${theme}`);
      assert.deepEqual(await panel.findBarriers(), []);
    }
    await panel.setTheme("dark");
    await chart.getByRole("button", { name: "Clear Ranges" }).click();
    await until(async () => (await countPixels(canvas, first)) > 100);
    assert.deepEqual(await ranges(), {});
  });

  it("goes from run to run of the parallel axes by keyboard, and has their figures as table and picture", async () => {
    const { page, sent } = await show([
      sampleInput({ id: "r-a", seed: 1, sparsity: 0.9 }),
      sampleInput({ id: "r-b", seed: 1, sparsity: 0.8, settings: { optimizer: { name: "sgd" } } }),
    ]);
    const chart = chartOf(page, "Parallel coordinates");
    const plain = await picture(chart);
    await chart.getByRole("group").focus();
    await page.keyboard.press("ArrowDown");
    await until(async () => (await picture(chart)) !== plain);
    const highlighted = await picture(chart);
    await page.keyboard.press("ArrowDown");
    await until(async () => ![plain, highlighted].includes(await picture(chart)));
    await page.keyboard.press("Escape");
    await until(async () => (await picture(chart)) === plain);
    await chart.getByRole("combobox", { name: "Range on" }).selectOption({ label: "optimizer.name" });
    await chart.getByRole("combobox", { name: "Value" }).selectOption({ label: "sgd" });
    await chart.getByRole("button", { name: "Show “Parallel coordinates” as a table" }).click();
    await chart.locator("tbody td", { hasText: "yes" }).waitFor();
    const rows = await chart
      .locator("tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.children].map((one) => one.textContent)));
    assert.deepEqual(rows, [
      ["lenet300 · r-a", "adam", "90.00 %", "0.1", "97.00 %", "no"],
      ["lenet300 · r-b", "sgd", "80.00 %", "0.1", "97.00 %", "yes"],
    ]);
    await chart.getByRole("button", { name: "Copy or save “Parallel coordinates”" }).click();
    await page.getByRole("menuitem", { name: "Save as SVG…" }).click();
    let [message] = await sent();
    await until(async () => {
      message ??= (await sent())[0];
      return message !== undefined;
    });
    const svg = Buffer.from(String(message?.["base64"]), "base64").toString();
    for (const text of ["lenet300 · r-b", "optimizer.name", "sgd", "90.00 %"]) {
      assert.ok(svg.includes(`>${text}</text>`), text);
    }
  });
});
