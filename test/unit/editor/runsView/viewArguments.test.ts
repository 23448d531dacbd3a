import assert from "node:assert/strict";
import type { RunRow } from "../../../../src/editor/runsView/runRows.ts";
import { readViewArguments } from "../../../../src/editor/runsView/viewArguments.ts";
import { sketchRun } from "../runs/watchedRuns.ts";

const [a, b] = [sketchRun("100000"), sketchRun("110000")];
const row = (watched: typeof a): RunRow => ({ kind: "run", run: watched.run });
const experiment: RunRow = {
  kind: "experiment",
  experiment: { modelFile: "/models/lenet.model.ts", exportName: "lenet300", label: "lenet300", runs: [a, b] },
};
const read = (args: readonly unknown[], selection: readonly RunRow[] = []): unknown =>
  readViewArguments(args, selection, (path) => `file://${path}`);

describe("arguments from the Runs view", () => {
  it("are the row's run, or all chosen ones where the row is among them", () => {
    const [first, second] = [row(a), row(b)];
    assert.equal(read([first]), a.run.dir);
    assert.deepEqual(read([first, [first, second]]), [a.run.dir, b.run.dir]);
    assert.equal(read([first, [second]]), a.run.dir);
  });

  it("are a definition for one experiment, and its runs where it is one of several rows", () => {
    assert.deepEqual(read([experiment]), { uri: "file:///models/lenet.model.ts", exportName: "lenet300" });
    const first = row(a);
    assert.deepEqual(read([first, [first, experiment]]), [a.run.dir, b.run.dir]);
  });

  it("are what is chosen where a key started the command", () => {
    assert.equal(read([{ from: "view" }], [row(b)]), b.run.dir);
    assert.equal(read([{ from: "view" }], []), undefined);
  });

  it("are handed on where they come from elsewhere", () => {
    assert.equal(read(["/runs/x"]), "/runs/x");
    assert.equal(read([]), undefined);
    const target = { uri: "file:///a.ts", exportName: "a" };
    assert.equal(read([target]), target);
  });
});
