import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { TrainingController } from "../../../src/controller/controller.ts";
import { stopTrainer } from "../../../src/controller/stop.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import type { RunState } from "../../../src/protocol/run.ts";
import { type Run, trainerLogPath } from "../../../src/runs/files/layout.ts";
import { acquireRunLock, readLockHolder } from "../../../src/runs/lock/lock.ts";
import { createRun } from "../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "../runs/record/sampleRuns.ts";

describe("training in this process", () => {
  let controller: TrainingController;
  const folder = useFolder();
  beforeEach(() => {
    controller = new TrainingController({
      trainerFile: resolve("test/fixtures/fakeHosted.ts"),
      detached: true,
      isHosted: () => true,
    });
  });
  afterEach(() => controller.dispose());

  const start = (behaviour: string): Promise<Run> =>
    controller.start(folder(), { ...samplePlan, overrides: { behaviour } }, behaviour);

  async function reach(run: Run, state: RunState): Promise<void> {
    const abort = new AbortController();
    await controller.follow(
      run,
      (update) => {
        if (update.type !== "gone" && update.state === state) {
          abort.abort();
        }
      },
      abort.signal,
    );
  }

  it("goes from start to end as in a process of its own, with a log", async () => {
    const run = await start("short");
    await reach(run, "running");
    assert.equal(readLockHolder(run)?.pid, process.pid);
    await reach(run, "done");
    assert.deepEqual(await controller.exitOf(run), { code: 0, signal: null });
    assert.equal(readFileSync(trainerLogPath(run), "utf8"), "hosted\n");
  });

  it("is paused, stopped and resumed by asking, and this process lives on", async () => {
    const run = await start("endless");
    await reach(run, "running");
    await controller.pause(run);
    await reach(run, "paused");
    await assert.rejects(controller.resume(run), /already being trained/);
    await controller.stop(run);
    assert.equal((await controller.status(run)).state, "stopped");
    await controller.resume(run);
    await reach(run, "running");
    await controller.stop(run);
  });

  it("is stopped before it has begun", async () => {
    const run = await start("endless");
    await controller.stop(run);
    assert.equal((await controller.status(run)).state, "stopped");
  });

  it("of another editor is never signalled, even if it does not answer", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    await acquireRunLock(run, { shared: true });
    const deadlines = { ask: 200, finish: 200, terminate: 200, kill: 200 };
    await assert.rejects(stopTrainer(run, undefined, deadlines), WhittleError);
    assert.ok(readLockHolder(run)?.alive);
  });
});
