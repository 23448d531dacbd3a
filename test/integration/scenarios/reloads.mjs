/** The window is reloaded ten times while a run goes on: the run is unharmed, panel and lens find it again. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ENDLESS, writeExperiment } from "../workspace.mjs";

export const name = "ten reloads in the middle of a run";

const RELOADS = 10;

export const prepare = (workspace) => writeExperiment(workspace, ENDLESS);

export async function run(kit) {
  const { step, lens, panel, until } = kit;
  let pid;

  await step("a run starts", async () => {
    await kit.openModel();
    await lens("▶ Prune").click({ timeout: 30_000 });
    await panel().locator('.badge[data-state="running"]').waitFor({ timeout: 60_000 });
    await lens("epoch").waitFor({ timeout: 60_000 });
    pid = pidOf(await kit.readRuns());
    // In a browser VS Code keeps which panels are open every five seconds; a page that is reloaded before may lose one.
    await sleep(6000);
  });

  for (let count = 1; count <= RELOADS; count += 1) {
    await step(`after reload ${count} panel and lens follow the run on`, async () => {
      const before = (await kit.readRuns())[0].events.length;
      await (count % 2 === 0 ? kit.reloadWindow() : kit.reloadPage());
      await panel().locator('.badge[data-state="running"]').waitFor({ timeout: 60_000 });
      await lens("epoch").waitFor({ timeout: 60_000 });
      await until("the run has gone on", async () => (await kit.readRuns())[0].events.length > before);
    });
  }

  await step("one process trained it throughout; no event is missing and none is there twice", async () => {
    await lens("Stop").click();
    await panel().locator('.badge[data-state="stopped"]').waitFor({ timeout: 60_000 });
    // The panel has had its turn to draw what came last.
    await sleep(500);
    const runs = await kit.readRuns();
    assert.equal(runs.length, 1);
    const [{ events, record }] = runs;
    assert.equal(pidOf(runs), pid);
    assert.equal(events.filter((event) => event.type === "resumed").length, 0);
    assert.deepEqual(
      events.map((event) => event.seq),
      events.map((_, index) => index + 1),
    );
    const drawn = await panel().locator("tbody tr").first().locator("td").first().textContent();
    const epochs = events.filter((event) => event.type === "epoch");
    const expected = record.result.layers[0].sparsity;
    assert.ok(Math.abs(Number.parseFloat(drawn) - expected * 100) < 0.1, `${drawn} drawn, ${expected} in the record`);
    console.log(`[integration] ${RELOADS} reloads during ${epochs.length} epochs, ${events.length} events`);
  });
}

function pidOf(runs) {
  return runs[0].events.findLast((event) => event.pid !== undefined).pid;
}
