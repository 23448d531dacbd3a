import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runEventSchema } from "../../src/protocol/events.ts";
import { readLatestCheckpoint } from "../../src/runs/checkpoint/checkpoint.ts";
import { writeData, writeIdxFolder } from "./idxFolder.ts";
import { createScratch, isThere, startWhittle, TINY, useScratch, waitFor, whittle, whittleJson } from "./whittle.ts";

const SHIM = resolve(import.meta.dirname, "fullDisk.cjs");
const RUN = ["run", TINY, "--data", "idx:data", "--engine", "wasm", "--json"];

describe("a disk that fills up", () => {
  const scratch = useScratch(writeData);

  /** Bytes at which different files meet the end: log, checkpoint, record. */
  for (const bytes of [3_000, 9_000, 20_000, 45_000]) {
    it(`after ${bytes} bytes: one clear error, and a run that can be opened and resumed`, async () => {
      const before = new Set(scratch.runIds());
      const outcome = await whittle(RUN, scratch.dir, {
        NODE_OPTIONS: `--require=${SHIM}`,
        WHITTLE_DISK_BYTES: String(bytes),
      });
      const [id = ""] = scratch.runIds().filter((each) => !before.has(each));
      assert.equal(outcome.code, 1, outcome.stderr);
      assert.match(outcome.stderr, /^Error: .*disk is full/m);
      assert.match(outcome.stderr, /Free some space/);
      assert.equal(outcome.stderr.match(/Error: /g)?.length, 1, outcome.stderr);

      const run = { dir: scratch.runDir(id), id };
      const log = join(run.dir, "events.jsonl");
      const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [""];
      assert.equal(lines.pop(), "", "the log ends with a whole line");
      for (const [index, line] of lines.entries()) {
        assert.equal(runEventSchema.parse(JSON.parse(line)).seq, index + 1);
      }
      readLatestCheckpoint(run);
      const { state } = await whittleJson(["show", id], scratch.dir);
      assert.ok(state === "failed" || state === "interrupted", String(state));

      const resumed = await whittleJson(["resume", id], scratch.dir);
      assert.equal(resumed["status"], "done");
    });
  }
});

describe("a run that is paused", () => {
  it("ends when its folder is deleted", async () => {
    const scratch = createScratch();
    try {
      writeIdxFolder(join(scratch.dir, "data"));
      const running = startWhittle([...RUN, "--set", "epochs=100000"], scratch.dir);
      const log = (): string => {
        const file = join(scratch.runDir(scratch.runIds().find((id) => !id.startsWith(".")) ?? ""), "events.jsonl");
        return existsSync(file) ? readFileSync(file, "utf8") : "";
      };
      await waitFor("an epoch has ended", () => log().includes('"type":"epoch"'));
      const [id = ""] = scratch.runIds();
      await whittle(["pause", id], scratch.dir);
      await waitFor("it is paused", () => log().includes('"state":"paused"'));
      const pid = Number(/"state":"paused","pid":(\d+)/.exec(log())?.[1]);
      rmSync(scratch.runDir(id), { recursive: true });
      await waitFor("the process has ended", () => !isThere(pid));
      assert.equal((await running.ended).code, 1);
    } finally {
      scratch.remove();
    }
  });
});

describe("a run that failed before its first checkpoint", () => {
  it("takes the corrected experiment when it is resumed", async () => {
    const scratch = createScratch();
    try {
      writeIdxFolder(join(scratch.dir, "data"));
      const model = join(scratch.dir, "own.model.ts");
      const write = (epochs: number, data: string): void => {
        const text = readFileSync(TINY, "utf8").replace("epochs: 3,", `epochs: ${epochs}, data: "idx:${data}",`);
        writeFileSync(model, text);
      };
      write(3, "nowhere");
      assert.equal((await whittle(["run", model, "--engine", "wasm"], scratch.dir)).code, 1);
      write(1, "data");
      const [id = ""] = scratch.runIds();
      const result = await whittleJson(["resume", id], scratch.dir);
      assert.equal(result["status"], "done");
      const settings = (await whittleJson(["show", id], scratch.dir))["settings"] as { epochs: number; data: string };
      assert.deepEqual([settings.epochs, settings.data], [1, `idx:${join(scratch.dir, "data")}`]);
    } finally {
      scratch.remove();
    }
  });
});
