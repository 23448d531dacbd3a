/** The comparison panel with four runs, one of them with a hostile name. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { type CompareOptions, compareOptionsSchema } from "../../src/protocol/comparePanel.ts";
import type { NewEvent } from "../../src/protocol/events.ts";
import { type CompareInput, compareRuns } from "../../src/runs/compare/compare.ts";
import { COURSE, sampleInput } from "../unit/runs/compare/sampleComparison.ts";
import { type PanelPage, useBrowser } from "./panelPage.ts";

export const HOSTILE = `<img src=x onerror=alert(1)> "${"long ".repeat(30)}`;
/** Each run a little worse than the one before, so that no course hides another. */
export function courseOf(index: number): readonly NewEvent[] {
  return COURSE.map((event) =>
    event.type === "epoch"
      ? { ...event, validation: { ...event.validation, metric: (event.validation.metric ?? 0) - index * 0.01 } }
      : event,
  );
}

export const inputs = [
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

export function messageOf(some: readonly CompareInput[]) {
  return {
    type: "comparison",
    comparison: compareRuns(some),
    curves: some.map(({ run, trace }) => trace.curve(run.id)),
    slots: some.map((_, index) => index),
  };
}

/** Call inside `describe`. */
export function useComparison() {
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

  return { open, show };
}

/** Titles in the order of the page. */
export const CHARTS = ["Sparsity against metric", "Curves", "Result by setting", "Layers"] as const;

export function chartOf(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title, exact: true }).filter({ has: page.locator("canvas") });
}

export function labelOf(chart: Locator): Promise<string | null> {
  return chart.locator("canvas").getAttribute("aria-label");
}

/** The middle of each axis, found by where the pointer would show that it is on one. Pixels from the left of the canvas. */
export function axisPixels(chart: Locator): Promise<readonly number[]> {
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

export function picture(chart: Locator): Promise<string> {
  return chart.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, "it did not happen within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
