import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { NO_MARKS } from "../../../../src/protocol/run.ts";
import { marksPath } from "../../../../src/runs/files/layout.ts";
import { readMarks, updateMarks } from "../../../../src/runs/record/marks.ts";
import { createRun, listRuns } from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "./sampleRuns.ts";

describe("marks of a run", () => {
  const folder = useFolder();

  it("are none at first, change one by one, and show in the list of runs", async () => {
    const run = await createRun(folder(), samplePlan, "lenet300");
    assert.deepEqual(await readMarks(run), NO_MARKS);
    await updateMarks(run, { name: "small λ" });
    await updateMarks(run, { tags: ["paper", "paper", " ", "seed 3"] });
    await updateMarks(run, { pinned: true });
    const marks = { format: 1, name: "small λ", tags: ["paper", "seed 3"], pinned: true };
    assert.deepEqual(await readMarks(run), marks);
    const [overview] = await listRuns(folder());
    assert.ok(overview !== undefined && !("problem" in overview));
    assert.deepEqual([overview.name, overview.record.name, overview.marks], ["small λ", "lenet300", marks]);
    await updateMarks(run, { name: "" });
    const [unnamed] = await listRuns(folder());
    assert.ok(unnamed !== undefined && !("problem" in unnamed));
    assert.equal(unnamed.name, "lenet300");
  });

  it("take what is typed as text on one line", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const marks = await updateMarks(run, { name: "a\u0000\n\u202eb".repeat(100), tags: ["../\u0007x"] });
    assert.ok(marks.name !== undefined && marks.name.length <= 100 && /^a b/.test(marks.name));
    assert.deepEqual(marks.tags, ["../ x"]);
  });

  it("that are damaged do not hide the run, and are not overwritten", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    writeFileSync(marksPath(run), '{"format": 2}');
    const [overview] = await listRuns(folder());
    assert.ok(overview !== undefined && !("problem" in overview));
    assert.match(overview.marksProblem ?? "", /marks\.json/);
    await assert.rejects(updateMarks(run, { pinned: true }), WhittleError);
  });

  it("do not bring back the folder of a deleted run", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    rmSync(run.dir, { recursive: true });
    await assert.rejects(updateMarks(run, { pinned: true }), WhittleError);
    assert.deepEqual(await listRuns(folder()), []);
  });
});
