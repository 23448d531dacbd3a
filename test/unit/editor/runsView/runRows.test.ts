import assert from "node:assert/strict";
import type { WatchedRun } from "../../../../src/editor/runs/runWatch.ts";
import { type RunRow, RunRows } from "../../../../src/editor/runsView/runRows.ts";
import { collectExperiments } from "../../../../src/editor/runsView/runTree.ts";
import { sketchRun } from "../runs/watchedRuns.ts";

const experimentsOf = (runs: readonly WatchedRun[]) => collectExperiments(runs, "newest", "");

describe("rows of the Runs view", () => {
  const [a, b] = [sketchRun("110000"), sketchRun("100000", { state: "running" })];

  it("stay the same while runs only go on, and name those that say something new", () => {
    const rows = new RunRows();
    assert.equal(rows.update(experimentsOf([a, b]), []), "all");
    const [group] = rows.top();
    assert.ok(group !== undefined);
    const [first, second] = rows.below(group);
    assert.deepEqual(rows.update(experimentsOf([a, b]), []), []);
    const further = { ...b, progress: { ...b.progress, epoch: 2 } };
    assert.deepEqual(rows.update(experimentsOf([a, further]), []), [second]);
    assert.equal(rows.below(group)[0], first);
    assert.deepEqual(rows.update(experimentsOf([a, further]), []), []);
  });

  it("are made anew when one comes, goes or moves", () => {
    const rows = new RunRows();
    rows.update(experimentsOf([a, b]), []);
    const pinned = { ...b, marks: { ...b.marks, pinned: true } };
    assert.equal(rows.update(experimentsOf([a, pinned]), []), "all");
    const dirs = (list: readonly RunRow[]): string[] => list.map((row) => (row.kind === "run" ? row.run.dir : ""));
    const [group] = rows.top();
    assert.deepEqual(group && dirs(rows.below(group)), [b.run.dir, a.run.dir]);
    assert.equal(rows.update(experimentsOf([a]), []), "all");
    assert.equal(rows.update(experimentsOf([a]), [{ run: b.run, problem: "run.json is damaged" }]), "all");
    assert.deepEqual(
      rows.top().map(({ kind }) => kind),
      ["experiment", "unreadable"],
    );
  });
});
