import assert from "node:assert/strict";
import { asFileName } from "../../../../src/runs/files/fileName.ts";

describe("asFileName", () => {
  it("keeps plain names, with their ending", () => {
    assert.equal(asFileName("lenet300 k3f9 Sparsity per layer.png"), "lenet300-k3f9-Sparsity-per-layer.png");
  });

  it("leaves no way out of the folder, no control character and no endless name", () => {
    assert.equal(asFileName("../../etc/passwd.csv"), "etc-passwd.csv");
    assert.equal(asFileName("a\\b:c\u0000\u202e<d>.svg"), "a-b-c-d-.svg");
    assert.equal(asFileName("..."), "whittle");
    assert.equal(asFileName(`${"x".repeat(5000)}.csv`), `${"x".repeat(100)}.csv`);
  });
});
