import assert from "node:assert/strict";
import { collectExperiments, contextOf, describeRow } from "../../../../src/editor/runsView/runTree.ts";
import { sketchRun } from "../runs/watchedRuns.ts";

const old = sketchRun("100000", { name: "old", sparsity: 0.9, metric: 0.99 });
const pinned = sketchRun("110000", { name: "pinned", sparsity: 0.5, metric: 0.97, pinned: true, tags: ["paper"] });
const live = sketchRun("120000", { name: "live", state: "running" });
const other = sketchRun("130000", { name: "other", exportName: "default", modelFile: "/models/conv.model.ts" });
/** Newest first, as the watch gives them. */
const all = [other, live, pinned, old];
const namesOf = (...args: Parameters<typeof collectExperiments>): string[][] =>
  collectExperiments(...args).map(({ runs }) => runs.map(({ name }) => name));

describe("run tree", () => {
  it("groups by definition, the newest first; pinned runs come first within", () => {
    assert.deepEqual(namesOf(all, "newest", ""), [["other"], ["pinned", "live", "old"]]);
    assert.deepEqual(
      collectExperiments(all, "newest", "").map(({ label, exportName }) => [label, exportName]),
      [
        ["conv", "default"],
        ["lenet300", "lenet300"],
      ],
    );
  });

  it("sorts by sparsity, metric and name; runs without figures come last", () => {
    const [a, b] = [sketchRun("140000", { name: "a", sparsity: 0.8, metric: 0.98 }), old];
    assert.deepEqual(namesOf([a, live, b], "sparsity", ""), [["old", "a", "live"]]);
    assert.deepEqual(namesOf([a, live, b], "metric", ""), [["old", "a", "live"]]);
    assert.deepEqual(namesOf([live, b, a], "name", ""), [["a", "live", "old"]]);
  });

  it("takes a metric that counts errors the other way round", () => {
    const asErrors = (run: typeof old): typeof old => ({
      ...run,
      record: {
        ...run.record,
        settings: run.record.settings && { ...run.record.settings, metrics: ["meanSquaredError"] },
      },
    });
    const [good, bad] = [
      asErrors(sketchRun("140000", { name: "good", sparsity: 0.1, metric: 0.1 })),
      asErrors(sketchRun("150000", { name: "bad", sparsity: 0.1, metric: 0.9 })),
    ];
    assert.deepEqual(namesOf([bad, good], "metric", ""), [["good", "bad"]]);
  });

  it("filters by words in name, tag, state and file; groups without a fitting run are left out", () => {
    assert.deepEqual(namesOf(all, "newest", "#paper"), [["pinned"]]);
    assert.deepEqual(namesOf(all, "newest", "RUNNING lenet"), [["live"]]);
    assert.deepEqual(namesOf(all, "newest", "conv.model"), [["other"]]);
    assert.deepEqual(namesOf(all, "newest", "nothing"), []);
  });

  it("tells a run in a row", () => {
    const now = Date.parse("2026-11-24T10:28:00Z");
    assert.equal(describeRow(pinned, now, "en"), "50.0 % · 97.00 % accuracy · abcd · 12 min ago · #paper");
    assert.equal(describeRow(live, now, "en"), "starting · abcd");
    const queued = sketchRun("150000", { state: "queued", tags: ["x"] });
    assert.equal(describeRow(queued, now, "en"), "queued · abcd · #x");
    const broken = sketchRun("150000", { state: "interrupted" });
    assert.equal(describeRow(broken, now, "en"), "interrupted · abcd · 12 min ago");
  });

  it("keeps what its menus ask for", () => {
    assert.equal(contextOf("done", false), "run.done");
    assert.equal(contextOf("paused", true), "run.paused.pinned");
  });
});
