import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { recordPath } from "../../../../src/runs/files/layout.ts";
import { updateMarks } from "../../../../src/runs/record/marks.ts";
import { RecordCache } from "../../../../src/runs/record/recordCache.ts";
import { createRun, listRuns, setAside, updateRecord } from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "./sampleRuns.ts";

describe("record cache", () => {
  const folder = useFolder();

  it("hands out the same record until its file or the marks change", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const cache = new RecordCache();
    const first = await cache.read(run);
    assert.equal(await cache.read(run), first);
    await updateMarks(run, { pinned: true });
    const marked = await cache.read(run);
    assert.deepEqual([marked.marks.pinned, marked.record], [true, first.record]);
    await updateRecord(run, { state: "done" });
    assert.equal((await cache.read(run)).record.state, "done");
  });

  it("notices damage, and repair", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const cache = new RecordCache();
    await cache.read(run);
    writeFileSync(recordPath(run), "{");
    await assert.rejects(cache.read(run), /damaged/);
    await assert.rejects(cache.read(run), /damaged/);
  });

  it("does not keep a state that depends on who is alive: a queued run is queued until it is stopped", async () => {
    const run = await createRun(folder(), samplePlan, "x", "queued");
    const cache = new RecordCache();
    const states = async (): Promise<string[]> =>
      (await listRuns(folder(), cache)).map((one) => ("problem" in one ? one.problem : one.state));
    assert.deepEqual(await states(), ["queued"]);
    await setAside(run, "stopped");
    assert.deepEqual(await states(), ["stopped"]);
  });
});
