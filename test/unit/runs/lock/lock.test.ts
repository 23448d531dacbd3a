import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { acquireRunLock, controlPath, readLockHolder } from "../../../../src/runs/lock/lock.ts";
import { identifyProcess, isAlive } from "../../../../src/runs/lock/processes.ts";
import { useFolder } from "../record/sampleRuns.ts";

const isHeld = (pid: number) => (error: unknown) =>
  error instanceof WhittleError && error.message.includes(`by process ${pid}`) && error.remedy.includes("whittle stop");

interface Racer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: AsyncIterator<string>;
}

async function startRacer(dir: string): Promise<Racer> {
  const child = spawn(process.execPath, ["--import=tsx", "test/fixtures/lockRacer.ts", dir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader: Interface = createInterface(child.stdout);
  const lines = reader[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "ready");
  return { child, lines };
}

async function kill({ child }: Racer): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

describe("run lock", () => {
  const folder = useFolder();
  const testRun = () => ({ dir: folder(), id: "r1" });

  it("is held by one, given back, and taken again", async () => {
    const run = testRun();
    assert.equal(readLockHolder(run), undefined);
    for (let round = 0; round < 3; round += 1) {
      const lock = await acquireRunLock(run);
      const holder = readLockHolder(run);
      assert.equal(holder?.pid, process.pid);
      assert.equal(holder?.alive, true);
      assert.equal(holder?.control, controlPath(run));
      await assert.rejects(acquireRunLock(run), isHeld(process.pid));
      lock.release();
      lock.release();
      assert.equal(readLockHolder(run), undefined);
    }
  });

  it("a late second release does not give back somebody else's lock", async () => {
    const run = testRun();
    const first = await acquireRunLock(run);
    first.release();
    await acquireRunLock(run);
    first.release();
    assert.equal(readLockHolder(run)?.alive, true);
  });

  it("tells a process from a later one with the same number", () => {
    const me = identifyProcess(process.pid);
    assert.ok(isAlive(me));
    assert.equal(isAlive({ ...me, start: `${me.start}1` }), process.platform !== "linux");
    assert.ok(!isAlive({ pid: 2 ** 22 + 1, start: "" }));
  });

  it("of another machine is not taken, and the error says what to do", async () => {
    const run = testRun();
    const held = join(run.dir, "lock", "4");
    mkdirSync(held, { recursive: true });
    const holder = { pid: 1, start: "x", host: `not-${hostname()}`, control: "/nowhere" };
    writeFileSync(join(held, "holder.json"), JSON.stringify(holder));
    await assert.rejects(
      acquireRunLock(run),
      (error) =>
        error instanceof WhittleError &&
        error.message.includes(holder.host) &&
        error.remedy.includes(join(run.dir, "lock")),
    );
    assert.equal(readFileSync(join(held, "holder.json"), "utf8"), JSON.stringify(holder));
  });

  it("fails for a folder that is gone, and does not make it again", async () => {
    const run = { dir: join(folder(), "gone"), id: "gone" };
    await assert.rejects(acquireRunLock(run), WhittleError);
    assert.equal(readLockHolder(run), undefined);
  });

  it("left by kill -9 is taken at once, by exactly one of several racing processes, again and again", async () => {
    const run = testRun();
    let racers = await Promise.all(Array.from({ length: 4 }, () => startRacer(run.dir)));
    try {
      for (let round = 0; round < 6; round += 1) {
        for (const { child } of racers) {
          child.stdin.write("go\n");
        }
        const answers = await Promise.all(racers.map(async ({ lines }) => (await lines.next()).value));
        assert.deepEqual(answers.toSorted(), ["lost", "lost", "lost", "won"]);
        const winner = racers[answers.indexOf("won")];
        assert.ok(winner);
        assert.equal(readLockHolder(run)?.pid, winner.child.pid);
        await kill(winner);
        assert.equal(readLockHolder(run)?.alive, false);
        racers = [...racers.filter((racer) => racer !== winner), await startRacer(run.dir)];
      }
    } finally {
      await Promise.all(racers.map(kill));
    }
  });
});
