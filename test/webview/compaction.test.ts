/** How small the network can be, in the live panel, and the way to export it. */
import assert from "node:assert/strict";
import type { Compaction } from "../../src/protocol/compaction.ts";
import { useLive } from "./livePage.ts";
import { THEMES } from "./panelPage.ts";

const COMPACTION: Compaction = {
  format: 1,
  layers: [
    { name: "fc1", className: "Dense", of: "units", before: 300, after: 137 },
    {
      name: "<b>look</b>",
      className: "MultiHeadAttention",
      of: "heads",
      before: 4,
      after: 1,
      headWidth: { before: 16, after: 12 },
    },
    { name: "fc3", className: "Dense", of: "units", before: 10, after: 10 },
  ],
  parameters: { dense: 266_610, remaining: 7_956, compact: 12_345 },
  flops: { dense: 532_810, compact: 24_600 },
  difference: 2e-7,
};

describe("the smaller network in the live panel", () => {
  const { showRun, waitFor } = useLive();
  const partOf = ({ page }: Awaited<ReturnType<typeof showRun>>) =>
    page.locator("section", { has: page.getByRole("heading", { name: "Smaller network" }) });

  for (const theme of THEMES) {
    it(`is shown in ${theme} layer by layer, once the run has ended`, async () => {
      const panel = await showRun({ theme });
      await waitFor(panel, (message) => message.type === "compaction");
      const part = partOf(panel);
      assert.equal(await part.count(), 0);
      await panel.post({ type: "compaction", compaction: COMPACTION });
      await part.waitFor();
      await part.scrollIntoViewIfNeeded();
      await panel.shoot(`live-compaction-${theme}`);
      assert.deepEqual(
        (await part.locator("tbody tr").allInnerTexts()).map((line) => line.split("\t")),
        [
          ["fc1", "Dense", "300 units", "137 units", "45.7 %"],
          ["<b>look</b>", "MultiHeadAttention", "4 heads, 16 wide", "1 head, 12 wide", "18.8 %"],
          ["fc3", "Dense", "10 units", "10 units", "100.0 %"],
        ],
      );
      assert.deepEqual(await part.locator(".figures > div").allInnerTexts(), [
        "Weights\n266,610 → 12,345",
        "Weights that are not 0\n7,956",
        "FLOPs for one example\n532,810 → 24,600",
      ]);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }

  it("says why a network stays as it is, and what is wrong with the file", async () => {
    const panel = await showRun();
    const caption = partOf(panel).locator(".caption");
    const { flops: _, ...rest } = COMPACTION;
    await panel.post({ type: "compaction", compaction: { ...rest, layers: [], kept: "<i>mine</i> is not known" } });
    await caption.getByText("stays as large as it is: <i>mine</i> is not known.").waitFor();
    assert.equal(await partOf(panel).getByRole("region").count(), 0);
    const still = COMPACTION.layers.map(({ headWidth: _, ...layer }) => ({ ...layer, after: layer.before }));
    await panel.post({ type: "compaction", compaction: { ...COMPACTION, layers: still } });
    await caption.getByText("Each unit still does something").waitFor();
    await panel.post({ type: "compaction", problem: "compact.json holds <b>nothing</b>" });
    await caption.getByText("compact.json holds <b>nothing</b>").waitFor();
    await panel.post({ type: "compaction" });
    await partOf(panel).waitFor({ state: "hidden" });
  });

  it("is exported by a button that is there when the run is done, by keyboard too", async () => {
    const panel = await showRun();
    const button = panel.page.getByRole("button", { name: "Export model…" });
    await button.focus();
    await panel.page.keyboard.press("Enter");
    const { deed } = await waitFor(panel, (message) => message.type === "steer");
    assert.equal(deed, "exportModel");
    await panel.post({ type: "events", name: "r", state: "running", events: [] });
    await button.waitFor({ state: "hidden" });
  });
});
