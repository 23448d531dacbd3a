/** What ends a run or an editor from outside is told as it is, and a run goes on from where it was. */
import assert from "node:assert/strict";
import { deleteUnderItsTrainer, ENDLESS, endProcess, writeExperiment } from "../workspace.mjs";

export const name = "training process killed, extension host killed, run folder deleted";

export const prepare = (workspace) => writeExperiment(workspace, ENDLESS);

export async function run(kit) {
  const { step, lens, panel, until } = kit;
  const badge = (state) => panel().locator(`.badge[data-state="${state}"]`).waitFor({ timeout: 60_000 });
  const newest = async () => (await kit.readRuns()).at(-1);
  const pidOf = ({ events }) => events.findLast((event) => event.pid !== undefined).pid;
  let run;

  await step("a run whose training process is killed is shown as interrupted", async () => {
    await kit.openModel();
    await lens("▶ Prune").click({ timeout: 30_000 });
    await lens("epoch").waitFor({ timeout: 60_000 });
    run = await newest();
    endProcess(pidOf(run));
    await badge("interrupted");
    await lens("Last: interrupted").waitFor();
    await kit.shoot("interrupted.png");
  });

  await step("it is resumed, without an event lost or counted twice", async () => {
    await kit.startCommand("whittle.resumeRun", run.dir);
    await badge("running");
    await until("it has gone on", async () => (await newest()).events.length > run.events.length + 20);
    const { events } = await newest();
    assert.notEqual(pidOf({ events }), pidOf(run));
    assert.deepEqual(
      events.map((event) => event.seq),
      events.map((_, index) => index + 1),
    );
  });

  await step("the extension host is killed; the run goes on", async () => {
    const { events } = await newest();
    endProcess(await kit.hostPid());
    await kit.endEditor();
    await until("it has gone on", async () => (await newest()).events.length > events.length + 20);
    assert.equal(pidOf(await newest()), pidOf({ events }));
  });

  await step("the next editor finds it running", async () => {
    await kit.startEditor();
    await kit.openModel();
    await lens("epoch").waitFor({ timeout: 60_000 });
    await kit.startCommand("whittle.openPanel", run.dir);
    await badge("running");
  });

  await step("a run whose folder is deleted under its panel ends, and the panel says that it is gone", async () => {
    const pid = pidOf(await newest());
    await deleteUnderItsTrainer(run.dir);
    await panel().locator(".notice", { hasText: "This run was deleted" }).first().waitFor({ timeout: 60_000 });
    await kit.shoot("deleted.png");
    await lens("▶ Prune").waitFor({ timeout: 60_000 });
    await until("its training process has ended", () => !isAlive(pid));
    assert.deepEqual(await kit.readRuns(), []);
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
