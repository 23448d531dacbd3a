import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { connectControl } from "../../../src/controller/client.ts";
import { TrainingController } from "../../../src/controller/controller.ts";
import type { RunUpdate } from "../../../src/controller/follow.ts";
import { spawnTrainer } from "../../../src/controller/spawn.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import type { RunEvent } from "../../../src/protocol/events.ts";
import type { RunState } from "../../../src/protocol/run.ts";
import { eventsPath, type Run, trainerLogPath } from "../../../src/runs/files/layout.ts";
import { readLockHolder } from "../../../src/runs/lock/lock.ts";
import { identifyProcess, isAlive } from "../../../src/runs/lock/processes.ts";
import { foldResumed, readEvents } from "../../../src/runs/log/eventLog.ts";
import { deleteRun, readStatus } from "../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "../runs/record/sampleRuns.ts";

const program = {
  trainerFile: resolve("test/fixtures/fakeTrainer.ts"),
  nodeArgs: ["--import=tsx"],
  detached: true,
  deadlines: { ask: 4000, finish: 5000, terminate: 700, kill: 5000 },
};
const planFor = (behaviour: string) => ({ ...samplePlan, overrides: { behaviour } });

describe("training controller", () => {
  const runs: Run[] = [];
  let controller: TrainingController;

  // Before the hook that deletes the folder: the locks in it tell which processes to end.
  afterEach(async () => {
    controller.dispose();
    for (const run of runs.splice(0)) {
      const holder = readLockHolder(run);
      if (holder?.alive) {
        process.kill(holder.pid, "SIGKILL");
      }
      await controller.exitOf(run);
    }
  });

  const folder = useFolder();
  beforeEach(() => {
    controller = new TrainingController(program);
  });

  async function start(behaviour: string): Promise<Run> {
    const run = await controller.start(folder(), planFor(behaviour), behaviour);
    runs.push(run);
    return run;
  }

  /** Follows until `isEnough`; gives all updates so far. */
  async function followUntil(run: Run, isEnough: (updates: readonly RunUpdate[]) => boolean, by = controller) {
    const updates: RunUpdate[] = [];
    const abort = new AbortController();
    await by.follow(
      run,
      (update) => {
        updates.push(update);
        if (isEnough(updates)) {
          abort.abort();
        }
      },
      abort.signal,
    );
    return updates;
  }
  const lastState = (updates: readonly RunUpdate[]): RunState | undefined => {
    const last = updates.at(-1);
    return last === undefined || last.type === "gone" ? undefined : last.state;
  };
  const reach = (run: Run, state: RunState) => followUntil(run, (updates) => lastState(updates) === state);
  const eventsOf = (updates: readonly RunUpdate[]): RunEvent[] =>
    foldResumed(updates.flatMap((update) => (update.type === "gone" ? [] : update.events)));
  async function holderOf(run: Run) {
    await reach(run, "running");
    const holder = readLockHolder(run);
    assert.ok(holder?.alive);
    return holder;
  }

  it("follows a run from start to end: one snapshot, numbered deltas, all events; afterwards in one, with the last of steps in a row", async () => {
    const run = await start("short");
    const updates = await reach(run, "done");
    assert.deepEqual(await controller.exitOf(run), { code: 0, signal: null });
    assert.deepEqual(
      updates.map((update) => update.number),
      updates.map((_, at) => at + 1),
    );
    assert.deepEqual(
      updates.map((update) => update.type),
      updates.map((_, at) => (at === 0 ? "snapshot" : "delta")),
    );
    assert.equal(updates[0]?.type === "snapshot" && updates[0].state, "starting");
    assert.deepEqual(eventsOf(updates), await readEvents(run));
    assert.equal(eventsOf(updates).length, 22);
    const late = await reach(run, "done");
    assert.equal(late.length, 1);
    const all = await readEvents(run);
    assert.deepEqual(
      eventsOf(late),
      all.filter((event, at) => event.type !== "step" || all[at + 1]?.type !== "step"),
    );
    await controller.stop(run);
    await assert.rejects(
      controller.resume(run),
      (error) => error instanceof WhittleError && /is done/.test(error.message),
    );
  });

  it("pauses, goes on, and stops, twice at the same time and once more", async () => {
    const run = await start("endless");
    const { pid } = await holderOf(run);
    await controller.pause(run);
    await reach(run, "paused");
    const count = (await readEvents(run)).length;
    await controller.unpause(run);
    await followUntil(run, (updates) => eventsOf(updates).length > count);
    const identity = identifyProcess(pid);
    await Promise.all([controller.stop(run), controller.stop(run)]);
    assert.ok(!isAlive(identity));
    await controller.stop(run);
    assert.equal((await controller.status(run)).state, "stopped");
    assert.deepEqual(await controller.exitOf(run), { code: 130, signal: null });
    await assert.rejects(
      controller.pause(run),
      (error) => error instanceof WhittleError && error.message.includes(run.id),
    );
  });

  it("can be stopped right after the start", async () => {
    const run = await start("endless");
    await controller.stop(run);
    assert.equal((await controller.exitOf(run))?.signal ?? "none", "none");
    assert.equal((await controller.status(run)).state, "stopped");
  });

  it("shows a process that was killed as interrupted, and resumes", async () => {
    const run = await start("endless");
    const { pid } = await holderOf(run);
    const interrupted = reach(run, "interrupted");
    process.kill(pid, "SIGKILL");
    await interrupted;
    assert.equal((await readStatus(run)).state, "interrupted");
    await controller.resume(run);
    await assert.rejects(controller.resume(run), /already being trained/);
    const updates = await reach(run, "running");
    assert.notEqual(readLockHolder(run)?.pid, pid);
    await controller.stop(run);
    const types = (await readEvents(run)).map((event) => event.type);
    assert.deepEqual(types.slice(0, 3), ["state", "resumed", "state"]);
    assert.ok(updates.length > 0);
  });

  it("a process that fails before it takes the run is interrupted at once, and its words are in trainer.log", async () => {
    const run = await start("crash");
    await reach(run, "interrupted");
    assert.equal((await controller.exitOf(run))?.code, 1);
    assert.match(readFileSync(trainerLogPath(run), "utf8"), /no such library/);
  });

  it("a hung process does not keep a request waiting; stop ends it with SIGTERM", async () => {
    const run = await start("hang");
    await holderOf(run);
    // It serves control for a moment before it hangs.
    await assert.rejects(
      async () => {
        for (;;) (await connectControl(run, 200))?.dispose();
      },
      (error) => error instanceof WhittleError && error.message.includes("did not answer within 0.2 s"),
    );
    await controller.stop(run);
    assert.deepEqual(await controller.exitOf(run), { code: null, signal: "SIGTERM" });
    assert.equal((await controller.status(run)).state, "interrupted");
  });

  it("and one that does not heed SIGTERM with SIGKILL", async () => {
    const run = await start("stubborn");
    await holderOf(run);
    await controller.stop(run);
    assert.deepEqual(await controller.exitOf(run), { code: null, signal: "SIGKILL" });
  });

  it("a second process on the same run ends with code 1 and a clear error, and the first goes on", async () => {
    const run = await start("endless");
    const { pid } = await holderOf(run);
    const second = await spawnTrainer(run, program).exited;
    assert.deepEqual(second, { code: 1, signal: null });
    assert.match(readFileSync(trainerLogPath(run), "utf8"), new RegExp(`already being trained by process ${pid}`));
    const count = (await readEvents(run)).length;
    await followUntil(run, (updates) => eventsOf(updates).length > count + 2);
    await controller.pause(run);
    await reach(run, "paused");
    assert.equal(readLockHolder(run)?.pid, pid);
  });

  it("a detached process outlives its parent, and another controller steers it", async () => {
    const code = `
      import { TrainingController } from "./src/controller/controller.ts";
      const controller = new TrainingController(${JSON.stringify(program)});
      const run = await controller.start(${JSON.stringify(folder())}, ${JSON.stringify(planFor("endless"))}, "p");
      console.log(JSON.stringify(run));
      controller.dispose();`;
    const parent = spawn(process.execPath, ["--import=tsx", "--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    parent.stdout.on("data", (text) => {
      output += text;
    });
    const [exit] = await once(parent, "close");
    assert.equal(exit, 0);
    const run = JSON.parse(output) as Run;
    runs.push(run);
    await holderOf(run);
    const count = (await readEvents(run)).length;
    await followUntil(run, (updates) => eventsOf(updates).length > count + 5);
    await controller.stop(run);
    assert.equal((await controller.status(run)).state, "stopped");
  });

  it("disposing lets go: following ends, the process goes on", async () => {
    const run = await start("endless");
    await holderOf(run);
    const following = controller.follow(run, () => undefined, new AbortController().signal);
    controller.dispose();
    await following;
    const count = (await readEvents(run)).length;
    const other = new TrainingController(program);
    await followUntil(run, (updates) => eventsOf(updates).length > count + 2, other);
    await other.stop(run);
  });

  const DELETIONS: Readonly<Record<string, (run: Run) => Promise<void>>> = {
    "at once": deleteRun,
    "file by file, the log first": async (run) => {
      rmSync(eventsPath(run));
      await new Promise((resolve) => setTimeout(resolve, 50));
      rmSync(run.dir, { recursive: true });
    },
  };
  for (const [how, remove] of Object.entries(DELETIONS)) {
    it(`tells when the run is deleted ${how}`, async () => {
      const run = await start("short");
      await reach(run, "done");
      await controller.exitOf(run);
      const updates: RunUpdate[] = [];
      const following = controller.follow(run, (update) => updates.push(update), new AbortController().signal);
      while (updates.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await remove(run);
      await following;
      assert.equal(updates.at(-1)?.type, "gone");
      assert.equal(updates.at(-1)?.number, updates.length);
    });
  }

  it("a client hears of appended events, and its open requests end when the process dies", async () => {
    const run = await start("endless");
    const { pid } = await holderOf(run);
    const client = await connectControl(run);
    assert.ok(client);
    assert.deepEqual(client.hello, { protocol: 1, runId: run.id, pid });
    const seqs: number[] = [];
    await new Promise<void>((done) => {
      client.onAppended((seq) => {
        seqs.push(seq);
        if (seqs.length === 4) {
          done();
        }
      });
    });
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
    process.kill(pid, "SIGSTOP");
    const open = assert.rejects(client.request("pause", 30_000), /ended the connection/);
    process.kill(pid, "SIGKILL");
    await open;
    await client.closed;
    client.dispose();
    assert.equal(await connectControl(run), undefined);
  });

  it("says what is wrong when the run folder is gone", async () => {
    const run = { dir: join(folder(), "gone"), id: "gone" };
    rmSync(run.dir, { recursive: true, force: true });
    assert.throws(() => spawnTrainer(run, program), WhittleError);
    await assert.rejects(controller.resume(run), WhittleError);
  });
});
