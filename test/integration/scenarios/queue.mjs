/** Runs that wait for their turn, are paused, killed, resumed and deleted: what the view says is true. */
import assert from "node:assert/strict";
import { deleteUnderItsTrainer, writeExperiment } from "../workspace.mjs";

export const name = "queue, pause, kill, resume, a deleted folder: what the view says is true";

export const settings = { "whittle.maxParallelRuns": 1 };

/** Long enough to be steered. */
const LONG = `defineExperiment({
  model: lenet300,
  data: "digits",
  epochs: 400,
  pruning: { interval: 50, maxEpochs: 400, finetuneEpochs: 1 },
});`;

export async function prepare(workspace) {
  await writeExperiment(workspace, LONG);
}

export async function run(kit) {
  const { step, until, shoot } = kit;
  const rows = () => kit.page.locator(".sidebar .monaco-list-row");
  /** The row of a run says this. */
  const says = (run, text) =>
    until(`the row of ${run.id} says ${text}`, async () => {
      const all = await rows().allTextContents();
      return all.some((line) => line.includes(run.id.slice(-4)) && text.test(line));
    });
  const start = async (count) => {
    const uri = `file://${kit.modelFile}`;
    await kit.startCommand("whittle.startRun", { uri, exportName: "default" });
    return until("the run has a folder", async () => {
      const runs = await kit.readRuns();
      return runs.length === count ? runs.at(-1) : undefined;
    });
  };
  const pidOf = async (run) => {
    const now = (await kit.readRuns()).find(({ id }) => id === run.id);
    return now.events.findLast((event) => event.type === "state" && event.pid !== undefined).pid;
  };
  let first;
  let second;

  await step("a second run waits while the first is trained", async () => {
    await kit.openModel();
    await kit.page.locator('.activitybar .action-item a[aria-label^="Whittle"]').click();
    first = await start(1);
    await says(first, /epoch/);
    // The id of a run tells its second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    second = await start(2);
    await says(second, /queued/);
    await shoot("queued-dark.png");
  });

  await step("both are as they were after a reload of the window", async () => {
    await kit.reloadWindow();
    await says(first, /epoch/);
    await says(second, /queued/);
  });

  await step("the first is paused and goes on", async () => {
    await kit.startCommand("whittle.pauseRun", first.dir);
    await says(first, /paused/);
    await kit.startCommand("whittle.unpauseRun", first.dir);
    await says(first, /^lenet300epoch/);
  });

  await step("its process is killed: interrupted; the second begins", async () => {
    process.kill(await pidOf(first), "SIGKILL");
    await says(first, /interrupted/);
    await says(second, /epoch/);
  });

  await step("the first is resumed: it waits for its turn, and takes it when the second is stopped", async () => {
    await kit.startCommand("whittle.resumeRun", first.dir);
    await says(first, /queued/);
    await kit.startCommand("whittle.stopRun", second.dir);
    await says(second, /stopped/);
    await says(first, /epoch/);
  });

  await step("its folder is deleted under it: the row goes, and so does the process", async () => {
    const pid = await pidOf(first);
    await deleteUnderItsTrainer(first.dir);
    await until("the row is gone", async () => {
      const all = await rows().allTextContents();
      return all.every((line) => !line.includes(first.id.slice(-4)));
    });
    await until("its process has ended", () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
    assert.equal((await kit.readRuns()).length, 1);
  });
}
