import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeData } from "./idxFolder.ts";
import { createScratch, type Scratch, startWhittle, TINY, waitFor, whittle, whittleJson } from "./whittle.ts";

/** Long enough that it is still at work when it is steered. */
const LONG = ["run", TINY, "--data", "idx:data", "--engine", "wasm", "--set", "epochs=100000"];

describe("steering a run", () => {
  let scratch: Scratch;
  before(() => {
    scratch = createScratch();
    writeData(scratch.dir);
  });
  after(async () => {
    for (const id of scratch.runIds()) await whittle(["stop", id], scratch.dir);
    scratch.remove();
  });

  const readLog = (id: string): string => {
    const file = join(scratch.runDir(id), "events.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const waitForEpochs = (id: string): Promise<void> =>
    waitFor(`run ${id} has trained an epoch`, () => readLog(id).includes('"type":"epoch"'));

  it("goes on without the terminal with --detach, pauses, stops, and resumes", async () => {
    const { id } = await whittleJson([...LONG, "--detach"], scratch.dir);
    assert.ok(typeof id === "string");
    await waitForEpochs(id);

    await whittleJson(["pause", id], scratch.dir);
    await waitFor("it is paused", () => readLog(id).includes('"state":"paused"'));
    assert.equal((await whittleJson(["show", id], scratch.dir))["state"], "paused");
    await whittleJson(["unpause", id], scratch.dir);
    await waitFor("it goes on", () => (readLog(id).match(/"state":"running"/g) ?? []).length === 2);

    // While it is live it can be neither deleted nor trained by a second process.
    for (const [args, word] of [
      [["delete", id, "--yes"], "already being trained"],
      [["resume", id], "already being trained"],
    ] as const) {
      const refused = await whittle(args, scratch.dir);
      assert.equal(refused.code, 1, args[0]);
      assert.ok(refused.stderr.includes(word), refused.stderr);
      assert.match(refused.stderr, /whittle stop/);
    }

    assert.equal((await whittleJson(["stop", id], scratch.dir))["state"], "stopped");
    // Stopping what is stopped is no error.
    assert.equal((await whittleJson(["stop", id], scratch.dir))["state"], "stopped");
    const late = await whittle(["pause", id], scratch.dir);
    assert.equal(late.code, 1);
    assert.match(late.stderr, /not being trained/);

    const resumed = startWhittle(["resume", id, "--json"], scratch.dir);
    await waitFor("it has resumed", () => /"type":"resumed"[\s\S]*"type":"step"/.test(readLog(id)));
    resumed.child.kill("SIGINT");
    const { code, stdout } = await resumed.ended;
    assert.equal(code, 130);
    const document = JSON.parse(stdout) as { id: string; status: string };
    assert.equal(document.id, id);
    assert.equal(document.status, "stopped");
  });

  it("stops politely at Ctrl-C, with a checkpoint and exit code 130", async () => {
    const before = new Set(scratch.runIds());
    const running = startWhittle(LONG, scratch.dir);
    const newRuns = (): string[] => scratch.runIds().filter((each) => !before.has(each) && !each.startsWith("."));
    await waitFor("there is a run", () => newRuns().length === 1);
    const id = newRuns()[0] ?? "";
    await waitForEpochs(id);
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    assert.equal(code, 130);
    assert.match(stdout, new RegExp(`whittle resume ${id}`));
    assert.equal((await whittleJson(["show", id], scratch.dir))["state"], "stopped");
    assert.match(readLog(id), /"type":"checkpoint"/);
  });
});
