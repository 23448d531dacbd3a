import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { connectControl } from "../../../src/controller/client.ts";
import { CONTROL_PROTOCOL } from "../../../src/protocol/control.ts";
import { acquireRunLock, controlPath } from "../../../src/runs/lock/lock.ts";
import { serveControl } from "../../../src/trainer/controlServer.ts";
import { useFolder } from "../runs/record/sampleRuns.ts";

describe("control server", () => {
  const folder = useFolder();
  const nothing = (): void => undefined;
  const noop = { pause: nothing, unpause: nothing, stop: nothing, pruneNow: nothing, save: nothing };

  it("folds a burst of news: the first at once, the last always; clears a stale socket, and its own", async () => {
    const run = { dir: folder(), id: "r" };
    await acquireRunLock(run);
    if (process.platform !== "win32") {
      writeFileSync(controlPath(run), "left by a dead process");
    }
    const hello = { protocol: CONTROL_PROTOCOL, runId: "r", pid: process.pid };
    const server = await serveControl(run, noop, hello);
    const client = await connectControl(run);
    assert.ok(client);
    const seqs: number[] = [];
    client.onAppended((seq) => seqs.push(seq));
    for (let seq = 1; seq <= 1000; seq += 1) {
      server.notifyAppended(seq);
    }
    await server.close();
    await client.closed;
    while (seqs.at(-1) !== 1000) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual(seqs, [1, 1000]);
    assert.ok(!existsSync(controlPath(run)));
  });

  it("passes errors of a handler on, and refuses another protocol or run", async () => {
    const run = { dir: folder(), id: "r" };
    await acquireRunLock(run);
    const refuse = {
      ...noop,
      pause: () => {
        throw new Error("not now");
      },
    };
    for (const [hello, expected] of [
      [{ protocol: CONTROL_PROTOCOL, runId: "r", pid: 1 }, undefined],
      [{ protocol: 99, runId: "r", pid: 1 }, /another version of Whittle/],
      [{ protocol: CONTROL_PROTOCOL, runId: "other", pid: 1 }, /trains run other/],
    ] as const) {
      const server = await serveControl(run, refuse, hello);
      if (expected === undefined) {
        const client = await connectControl(run);
        await assert.rejects(async () => client?.request("pause"), /did not pause: .*not now/);
        client?.dispose();
      } else {
        await assert.rejects(connectControl(run), expected);
      }
      await server.close();
    }
  });
});
