/**
 * A run as its user sees it, from the source to the comparison of two runs. Its pictures are those of the README:
 * `npm run screenshots` keeps them.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { writeExperiment } from "../workspace.mjs";

export const name = "from the source to the comparison of two runs";

export const settings = { "editor.fontSize": 12, "editor.glyphMargin": false, "editor.folding": false };

export const prepare = (workspace) =>
  writeExperiment(
    workspace,
    `defineExperiment({
  model: lenet300,
  data: "digits",
  batchSize: 100,
  optimizer: { name: "momentum", learningRate: 0.1 },
  epochs: 4,
  pruning: { lambda: 6e-4, floor: 0.3, interval: 4, tolerance: 0.2, maxEpochs: 32, finetuneEpochs: 4 },
});`,
  );

export async function run(kit) {
  const { step, lens, panel, shoot, page } = kit;
  const badge = (state) => panel().locator(`.badge[data-state="${state}"]`).waitFor({ timeout: 240_000 });

  await step("lenses stand above the model", async () => {
    // Wide enough for the hints at the ends of the lines.
    await page.setViewportSize({ width: 1720, height: 900 });
    await kit.openModel();
    await lens("▶ Prune").waitFor();
    await shoot("source.png");
  });

  await step("a run is watched live", async () => {
    await lens("▶ Prune").click();
    await panel().locator("tbody tr").nth(2).waitFor({ timeout: 60_000 });
    await lens(/epoch (1[4-9]|[23]\d)/).waitFor({ timeout: 180_000 });
    await shoot("live.png");
  });

  await step("its result stands beside the layers' lines", async () => {
    await badge("done");
    await page.locator(".view-line", { hasText: "% sparse" }).first().waitFor({ timeout: 20_000 });
    await lens("Last: ").waitFor();
    await shoot("done.png");
  });

  await step("a second run, dense, is in the view beside the first", async () => {
    await lens("Baseline").click();
    await kit.until(
      "two runs have ended",
      async () => {
        const runs = await kit.readRuns();
        return runs.length === 2 && runs.every((one) => one.record.state === "done");
      },
      240_000,
    );
    await lens("▶ Prune").waitFor();
    await kit.startCommand("whittle.runs.focus");
    await page.locator(".sidebar .monaco-list-row", { hasText: "(dense)" }).first().waitFor({ timeout: 20_000 });
    await shoot("runs.png");
  });

  await step("both are compared", async () => {
    const runs = await kit.readRuns();
    assert.equal(runs.length, 2);
    await kit.startCommand(
      "whittle.compareRuns",
      runs.map(({ dir }) => dir),
    );
    const compared = await kit.findPanel("2 runs compared");
    await compared.locator("canvas").first().waitFor();
    // The whole width for it.
    await kit.startCommand("workbench.action.closeEditorsInOtherGroups");
    await kit.startCommand("workbench.action.closeSidebar");
    await sleep(1000);
    await shoot("compare.png");
  });
}
