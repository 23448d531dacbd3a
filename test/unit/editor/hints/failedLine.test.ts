import assert from "node:assert/strict";
import { findLineAgain } from "../../../../src/editor/hints/failedLine.ts";

describe("failedLine", () => {
  it("follows a line that moved, to the nearest that is the same", () => {
    assert.equal(findLineAgain(["", "a", "throw"], 1, "throw"), 2);
    assert.equal(findLineAgain(["x", "a", "b", "c", "x"], 3, "x"), 4);
    assert.equal(findLineAgain(["x", "a"], 0, "x"), 0);
  });

  it("says nothing of a line that is no longer there", () => {
    assert.equal(findLineAgain(["a"], 0, "throw"), undefined);
    assert.equal(findLineAgain([], 3, "throw"), undefined);
  });
});
