import assert from "node:assert/strict";
import { followSentence } from "../../../../src/webview/live/sentence.ts";

const WRITTEN = { source: "a", unknown: [], pruned: "b" };

describe("the sentence that is tried", () => {
  it("is asked about, then answered or not", () => {
    const sentence = followSentence();
    assert.deepEqual(sentence.stateIn("done"), { is: "idle" });
    const first = sentence.ask();
    assert.ok(first !== undefined);
    assert.deepEqual(sentence.stateIn("done"), { is: "asked" });
    assert.equal(sentence.ask(), undefined, "one at a time");
    sentence.take({ type: "written", id: first, written: WRITTEN });
    assert.deepEqual(sentence.stateIn("done"), { is: "answered", written: WRITTEN });
    const second = sentence.ask();
    assert.equal(second, first + 1);
    sentence.take({ type: "written", id: second, problem: "The model file is gone." });
    assert.deepEqual(sentence.stateIn("stopped"), { is: "failed", problem: "The model file is gone." });
  });

  it("has no answer that belongs to another question, or was taken back", () => {
    const sentence = followSentence();
    const first = sentence.ask();
    assert.ok(first !== undefined);
    sentence.stop();
    sentence.take({ type: "written", id: first, problem: "The question was taken back." });
    assert.deepEqual(sentence.stateIn("done"), { is: "idle" });
    sentence.ask();
    sentence.take({ type: "written", id: first, written: WRITTEN });
    assert.deepEqual(sentence.stateIn("done"), { is: "asked" });
  });

  it("waits while the run is trained, and is the same thing as long as nothing changes", () => {
    const sentence = followSentence();
    for (const state of ["starting", "running", "paused", "stopping"] as const) {
      assert.equal(sentence.stateIn(state).is, "barred");
      assert.equal(sentence.stateIn(state), sentence.stateIn("running"));
    }
    for (const state of ["done", "stopped", "failed", "interrupted"] as const) {
      assert.equal(sentence.stateIn(state), sentence.stateIn("done"));
    }
  });
});
