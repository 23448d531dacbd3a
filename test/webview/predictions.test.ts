/** What the dense and the pruned model say of examples, in the live panel. */
import assert from "node:assert/strict";
import type { Predictions } from "../../src/protocol/predictions.ts";
import { countPixels, useLive } from "./livePage.ts";
import { THEMES } from "./panelPage.ts";

/** Two examples, as pictures of 2 × 2 pixels in colour. */
const PREDICTIONS: Predictions = {
  of: "classes",
  format: 1,
  count: 20,
  classes: 3,
  confusion: {
    dense: [
      [8, 0, 0],
      [0, 6, 2],
      [0, 0, 4],
    ],
    pruned: [
      [8, 0, 0],
      [3, 5, 0],
      [0, 0, 4],
    ],
  },
  wrong: { dense: 1, pruned: 2, both: 1 },
  examples: [
    { index: 5, target: 1, dense: { predicted: 1, score: 0.99 }, pruned: { predicted: 0, score: 0.62 } },
    { index: 11, target: 1, dense: { predicted: 2, score: 0.5 }, pruned: { predicted: 0, score: 0.71 } },
  ],
  pictures: {
    ...{ height: 2, width: 2, channels: 3 },
    base64: Buffer.from([
      ...Array.from({ length: 12 }, (_, at) => 20 * at),
      ...[255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255],
    ]).toString("base64"),
  },
};

describe("predictions in the live panel", () => {
  const { showRun, waitFor } = useLive();

  for (const theme of THEMES) {
    it(`shows in ${theme} what the two models say of examples, once the run has ended`, async () => {
      const panel = await showRun({ theme });
      await waitFor(panel, (message) => message.type === "predictions");
      await panel.post({ type: "predictions", predictions: PREDICTIONS });
      const part = panel.page.locator("section", { has: panel.page.getByRole("heading", { name: "Predictions" }) });
      await part.locator("figure").first().waitFor();
      await part.scrollIntoViewIfNeeded();
      await panel.shoot(`live-predictions-${theme}`);
      assert.match(
        (await part.locator(".caption").textContent()) ?? "",
        /Of 20 validation examples 2 are wrong with the pruned model alone, 1 with the dense one alone, 1 with both/,
      );
      const counts = await part.locator(".confusion").last().locator("tbody tr").allInnerTexts();
      assert.deepEqual(
        counts.map((line) =>
          line
            .split(/\s+/)
            .filter((text) => text !== "")
            .map(Number),
        ),
        [
          [0, 8],
          [1, 3, 5],
          [2, 4],
        ],
      );
      assert.deepEqual(await part.locator("figcaption").allInnerTexts(), [
        "Example 5: 1\n✓ dense: 1 (99 %)\n✗ pruned: 0 (62 %)",
        "Example 11: 1\n✗ dense: 2 (50 %)\n✗ pruned: 0 (71 %)",
      ]);
      // The second picture: a pixel of each colour, and white.
      const pixels = await part
        .locator("canvas")
        .last()
        .evaluate((canvas: HTMLCanvasElement) => [...(canvas.getContext("2d")?.getImageData(0, 0, 2, 2).data ?? [])]);
      assert.deepEqual(pixels, [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }

  it("shows pairs of classes where there are many, and the reason where there is nothing to show", async () => {
    const panel = await showRun();
    const confusion = Array.from({ length: 30 }, (_, target) =>
      Array.from({ length: 30 }, (_, predicted) =>
        target === 7 && predicted === 29 ? 12 : Number(target === predicted),
      ),
    );
    const many = {
      ...PREDICTIONS,
      classes: 30,
      names: Array.from({ length: 30 }, (_, id) => (id === 7 ? "<b>cat</b>" : `kind ${id}`)),
      confusion: { dense: confusion, pruned: confusion },
      pictures: undefined,
    };
    await panel.post({ type: "predictions", predictions: many });
    const table = panel.page.getByRole("region", { name: "Confused most often" });
    await table.waitFor();
    assert.deepEqual(await table.locator("tbody tr").allInnerTexts(), ["<b>cat</b>\tkind 29\t12\t12"]);
    assert.equal(await panel.page.locator("figure canvas").count(), 0);
    await panel.post({ type: "predictions", problem: "predictions.json holds nothing <b>good</b>" });
    await panel.page.getByText("holds nothing <b>good</b>").waitFor();
    assert.equal(await panel.page.locator("figure").count(), 0);
  });

  for (const theme of THEMES) {
    it(`draws in ${theme} what the two models say of values`, async () => {
      const panel = await showRun({ theme });
      const points = Array.from({ length: 40 }, (_, at) => ({ target: at, dense: at + 3, pruned: at - (at % 5) }));
      const values: Predictions = {
        ...{ of: "values", format: 1, count: 1234, points },
        errors: { dense: 3, pruned: 2.449, between: 5.2 },
      };
      await panel.post({ type: "predictions", predictions: values });
      const part = panel.page.locator("section", {
        has: panel.page.getByRole("heading", { name: "Predicted against target" }),
      });
      await part.getByText("Of 1,234 validation examples the pruned model is off by 2.449").waitFor();
      await part.scrollIntoViewIfNeeded();
      await panel.shoot(`live-values-${theme}`);
      for (const color of ["charts-blue", "charts-yellow"]) {
        assert.ok((await countPixels(panel.page, ".values canvas", color)) > 40, color);
      }
      assert.equal(await panel.page.getByRole("heading", { name: "Predictions" }).count(), 0);
      await part.getByRole("button", { name: /as a table/ }).click();
      assert.equal((await part.locator("tbody tr").nth(7).innerText()).replaceAll("\t", " "), "7 7 10 5");
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }
});
