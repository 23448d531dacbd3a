import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { settingsSchema } from "../../../../src/protocol/settings.ts";
import { explainFsError } from "../../../../src/runs/files/fsErrors.ts";
import { recordPath } from "../../../../src/runs/files/layout.ts";
import { acquireRunLock } from "../../../../src/runs/lock/lock.ts";
import {
  createRun,
  currentState,
  deleteRun,
  findRun,
  listRuns,
  openRun,
  readRecord,
  updateRecord,
} from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "./sampleRuns.ts";

const names =
  (...parts: string[]) =>
  (error: unknown) =>
    error instanceof WhittleError && parts.every((part) => `${error.message} ${error.remedy}`.includes(part));

describe("run store", () => {
  const folder = useFolder();

  it("makes a run that opens again, and nothing beside it", async () => {
    const runsDir = join(folder(), "deep", "runs");
    const run = await createRun(runsDir, samplePlan, "../../LeNet\n300");
    assert.deepEqual(readdirSync(runsDir), [run.id]);
    assert.deepEqual(readdirSync(run.dir), ["run.json"]);
    assert.deepEqual(await openRun(run.dir), run);
    const record = await readRecord(run);
    assert.equal(record.id, run.id);
    assert.equal(record.name, "../../LeNet 300");
    assert.deepEqual(record.plan, samplePlan);
    assert.equal(record.state, "starting");
  });

  it("reads the constant scale of 0.1.0, which it called `none`", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    await updateRecord(run, { settings: settingsSchema.parse({ pruning: { scale: "alpha", alpha: 1 } }) });
    const text = readFileSync(recordPath(run), "utf8");
    writeFileSync(recordPath(run), text.replace('"scale": "alpha"', '"scale": "none"'));
    assert.notEqual(readFileSync(recordPath(run), "utf8"), text);
    const { settings } = await readRecord(run);
    assert.deepEqual([settings?.pruning.scale, settings?.pruning.alpha], ["alpha", 1]);
  });

  it("makes different runs in the same second", async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => createRun(folder(), samplePlan, "x")));
    assert.equal(new Set(runs.map((run) => run.id)).size, 20);
    assert.equal((await listRuns(folder())).length, 20);
  });

  it("updates fields, removes those set to undefined, and refuses a wrong record", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const error = { message: "m", remedy: "r", kind: "failed" as const };
    await updateRecord(run, { state: "failed", error });
    assert.deepEqual((await readRecord(run)).error, error);
    const updated = await updateRecord(run, { state: "running", error: undefined });
    assert.equal("error" in (await readRecord(run)), false);
    assert.deepEqual(await readRecord(run), JSON.parse(JSON.stringify(updated)));
    const before = readFileSync(recordPath(run), "utf8");
    await assert.rejects(updateRecord(run, { state: "wrong" as "done" }));
    assert.equal(readFileSync(recordPath(run), "utf8"), before);
    assert.deepEqual(readdirSync(run.dir), ["run.json"]);
  });

  it("names a damaged record, and says to update for one of a newer Whittle", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const whole = readFileSync(recordPath(run), "utf8");
    for (const text of [
      "",
      whole.slice(0, 50),
      "[]",
      whole.replace('"starting"', '"sleeping"'),
      whole.replace("createdAt", "made"),
    ]) {
      writeFileSync(recordPath(run), text);
      await assert.rejects(readRecord(run), names(recordPath(run), "damaged"));
      await assert.rejects(openRun(run.dir), names(recordPath(run)));
    }
    writeFileSync(recordPath(run), JSON.stringify({ format: 2, everything: "else" }));
    await assert.rejects(readRecord(run), names(recordPath(run), "Update Whittle"));
    await assert.rejects(openRun(folder()), names(folder(), "not a run"));
  });

  it("lists newest first, with bad folders, and without what is no folder", async () => {
    assert.deepEqual(await listRuns(join(folder(), "none")), []);
    const run = await createRun(folder(), samplePlan, "x");
    mkdirSync(join(folder(), "00000000-empty"));
    mkdirSync(join(folder(), ".new-half"));
    writeFileSync(join(folder(), "note.txt"), "");
    symlinkSync(run.dir, join(folder(), "99999999-link"));
    const list = await listRuns(folder());
    assert.deepEqual(
      list.map((one) => [one.run.id, "problem" in one ? "problem" : one.state]),
      [
        [run.id, "starting"],
        ["00000000-empty", "problem"],
      ],
    );
  });

  it("finds by id, beginning and ending, and refuses what is ambiguous or leads elsewhere", async () => {
    const runsDir = join(folder(), "runs");
    for (const id of ["20261124-101500-a-k3f9", "20261124-101500-b-0000", "20261124-101500-a-k3f9-copy"]) {
      mkdirSync(join(runsDir, id), { recursive: true });
    }
    mkdirSync(join(folder(), "outside"));
    assert.equal((await findRun(runsDir, "20261124-101500-a-k3f9")).id, "20261124-101500-a-k3f9");
    assert.equal((await findRun(runsDir, "20261124-101500-b")).id, "20261124-101500-b-0000");
    assert.equal((await findRun(runsDir, "0000")).id, "20261124-101500-b-0000");
    await assert.rejects(findRun(runsDir, "2026"), names("3 runs", "-copy"));
    for (const wrong of ["", "../outside", "..", ".", "nope", "/"]) {
      await assert.rejects(findRun(runsDir, wrong), (error) => error instanceof WhittleError && error.kind === "usage");
    }
  });

  it("deletes a run, also a damaged one, but none that is being trained and nothing else", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const lock = await acquireRunLock(run);
    await assert.rejects(deleteRun(run), names(String(process.pid)));
    assert.deepEqual(await openRun(run.dir), run);
    lock.release();
    writeFileSync(recordPath(run), "damaged");
    await deleteRun(run);
    assert.deepEqual(readdirSync(folder()), []);
    const other = join(folder(), "documents");
    mkdirSync(other);
    await assert.rejects(deleteRun({ dir: other, id: "documents" }), names(other));
    assert.ok(existsSync(other));
  });

  it("calls a live state without a live process interrupted, and a finished one what it is", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    assert.equal(await currentState(run, await readRecord(run)), "starting");
    const lock = await acquireRunLock(run);
    const running = await updateRecord(run, { state: "running" });
    assert.equal(await currentState(run, running), "running");
    lock.release();
    assert.equal(await currentState(run, running), "interrupted");
    await new Promise((resolve) => setTimeout(resolve, 2));
    const done = await updateRecord(run, { state: "done" });
    assert.equal(await currentState(run, done), "done");
    // Read before the process wrote its end: not interrupted, but done.
    assert.equal(await currentState(run, running), "done");
  });

  it("calls a run that no process ever took interrupted after a while", async () => {
    const run = await createRun(folder(), samplePlan, "x");
    const record = { ...(await readRecord(run)), updatedAt: "2020-01-01T00:00:00.000Z" };
    writeFileSync(recordPath(run), JSON.stringify(record));
    assert.equal(await currentState(run, record), "interrupted");
  });

  it("leaves nothing when a run cannot be made", async () => {
    writeFileSync(join(folder(), "runs"), "a file");
    await assert.rejects(createRun(join(folder(), "runs"), samplePlan, "x"), names(join(folder(), "runs")));
    assert.deepEqual(readdirSync(folder()), ["runs"]);
  });
});

describe("file system errors", () => {
  it("name the path, the reason and a remedy", () => {
    const cases = { ENOSPC: "full", EROFS: "read-only", EACCES: "denied", EPERM: "denied", EWEIRD: "weird" };
    for (const [code, reason] of Object.entries(cases)) {
      const error = explainFsError(Object.assign(new Error(`weird ${code}`), { code }), "/runs/x/run.json");
      assert.ok(names("/runs/x/run.json", reason)(error), code);
      assert.ok(error.remedy.length > 0);
    }
    const ours = new WhittleError("a", { remedy: "b" });
    assert.equal(explainFsError(ours, "/x"), ours);
  });
});
