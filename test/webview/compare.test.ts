/** The comparison panel in a browser: what it paints, says and asks for. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { type CompareOptions, compareOptionsSchema } from "../../src/protocol/comparePanel.ts";
import type { NewEvent } from "../../src/protocol/events.ts";
import { type CompareInput, compareRuns } from "../../src/runs/compare/compare.ts";
import { PALETTES } from "../../src/webview/compare/seriesStyle.ts";
import { COURSE, epochEvent, sampleInput } from "../unit/runs/compare/sampleComparison.ts";
import { countPixels, type PanelPage, THEMES, useBrowser } from "./panelPage.ts";

const HOSTILE = `<img src=x onerror=alert(1)> "${"long ".repeat(30)}`;
/** Each run a little worse than the one before, so that no course hides another. */
function courseOf(index: number): readonly NewEvent[] {
  return COURSE.map((event) =>
    event.type === "epoch"
      ? { ...event, validation: { ...event.validation, metric: event.validation.metric - index * 0.01 } }
      : event,
  );
}

const inputs = [
  sampleInput({ id: "r-a1a1", events: courseOf(0), seed: 1, sparsity: 0.9, validation: 0.97, test: 0.96 }),
  sampleInput({ id: "r-b2b2", events: courseOf(1), seed: 2, sparsity: 0.94, validation: 0.98, test: 0.97 }),
  {
    ...sampleInput({
      id: "r-c3c3",
      events: courseOf(2),
      seed: 1,
      sparsity: 0.5,
      validation: 0.985,
      settings: { pruning: { lambda: 0.125 } },
    }),
    name: HOSTILE,
  },
  sampleInput({ id: "r-d4d4", events: courseOf(3), seed: 3 }),
];

function messageOf(some: readonly CompareInput[]) {
  return {
    type: "comparison",
    comparison: compareRuns(some),
    curves: some.map(({ run, trace }) => trace.curve(run.id)),
    slots: some.map((_, index) => index),
  };
}

describe("the comparison panel", () => {
  const open = useBrowser();

  async function show(some: readonly CompareInput[], options: Partial<CompareOptions> = {}): Promise<PanelPage> {
    const runs = some.map(({ run }, slot) => ({ dir: run.dir, slot }));
    const panel = await open("compare", { runs, options: { ...compareOptionsSchema.parse({}), ...options } });
    await panel.setTheme("dark");
    assert.deepEqual(await panel.sent(), [{ type: "ready" }]);
    await panel.post(messageOf(some));
    await panel.page.locator("h1", { hasText: `${some.length} runs compared` }).waitFor();
    return panel;
  }

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

/** Titles in the order of the page. */
const CHARTS = ["Sparsity against metric", "Curves", "Result by setting", "Layers"] as const;

function chartOf(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title, exact: true }).filter({ has: page.locator("canvas") });
}

function labelOf(chart: Locator): Promise<string | null> {
  return chart.locator("canvas").getAttribute("aria-label");
}

/** The middle of each axis, found by where the pointer would show that it is on one. Pixels from the left of the canvas. */
function axisPixels(chart: Locator): Promise<readonly number[]> {
  return chart.locator("canvas").evaluate((canvas) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const hits = Array.from({ length: Math.floor(width) }, (_, x) => x).filter((x) => {
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: left + x, clientY: top + height / 2 }));
      return canvas.style.cursor === "ns-resize";
    });
    const starts = hits.filter((x) => !hits.includes(x - 1));
    const ends = hits.filter((x) => !hits.includes(x + 1));
    return starts.map((start, index) => (start + (ends[index] ?? start)) / 2);
  });
}

function picture(chart: Locator): Promise<string> {
  return chart.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, "it did not happen within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
