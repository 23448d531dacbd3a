/** Runs that are measured by BLEU, 0 to 100, in the panels. */
import assert from "node:assert/strict";
import type { NewEvent } from "../../src/protocol/events.ts";
import { sampleInput } from "../unit/runs/compare/sampleComparison.ts";
import { chartOf, courseOf, labelOf, useComparison } from "./comparePage.ts";
import { useLive } from "./livePage.ts";
import recorded from "./recorded.json" with { type: "json" };

const MOST = 37;

/** The same, measured by BLEU: an accuracy of 1 is 37 of it. */
function byBleu<T extends object>(event: T): T {
  const { validation } = event as { readonly validation?: { readonly metric: number } };
  return {
    ...event,
    ...("metric" in event ? { metric: "bleu" } : {}),
    ...(validation === undefined ? {} : { validation: { ...validation, metric: validation.metric * MOST } }),
  };
}

describe("BLEU in the live panel", () => {
  const { openLive } = useLive();

  it("stands there with two digits, and its axis is as long as it needs to be", async () => {
    const panel = await openLive();
    const events = recorded.events.filter(({ type }) => type !== "result").map(byBleu);
    const { record } = recorded;
    await panel.post({ type: "snapshot", name: record.name, record, state: "running", events });
    const chart = panel.page.locator("section", {
      has: panel.page.getByRole("heading", { name: "Sparsity and validation metric" }),
    });
    await chart.getByText("Validation bleu").waitFor();
    const figures = await panel.page.locator(".figures > div").allTextContents();
    assert.ok(
      figures.some((text) => /^Validation bleu36\.\d\d$/.test(text)),
      figures.join(),
    );
    assert.match(
      (await chart.locator("canvas").getAttribute("aria-label")) ?? "",
      /, bleu 36\.\d\d on the validation split/,
    );
    await chart.getByRole("button", { name: /as a table/ }).click();
    const metrics = await chart.locator("tbody tr td:nth-child(4)").allTextContents();
    assert.ok(metrics.length > 20 && metrics.every((text) => /^3\d\.\d\d$/.test(text)), metrics.join());
    await panel.shoot("live-bleu-dark");
  });
});

describe("BLEU in the comparison panel", () => {
  const { show } = useComparison();

  it("stands there with two digits, on axes of its own range", async () => {
    const runs = [0, 1].map((index) =>
      sampleInput({
        id: `r-${index}`,
        seed: index,
        events: courseOf(index * 5).map((event) => byBleu<NewEvent>(event)),
        sparsity: 0.6 + index / 10,
        validation: 33.456 - index,
        test: 32.1 + index,
      }),
    );
    const { page, shoot } = await show(runs);
    const label = (title: string) => labelOf(chartOf(page, title));
    assert.match((await label("Sparsity against metric")) ?? "", /^Validation bleu against .*, 32\.96 ± 0\.71\.$/);
    assert.match(
      (await label("Curves")) ?? "",
      /^Validation bleu by Epoch, at the end: .* r-0 33\.67; .* r-1 31\.82\.$/,
    );
    const row = (await page.locator("table tbody tr").first().innerText()).split(/\s*\t\s*/);
    assert.deepEqual(row.slice(5, 7), ["33.46", "32.10"]);
    await shoot("compare-bleu-dark");
  });
});
