import assert from "node:assert/strict";
import { withoutControls } from "../../../src/cli/output.ts";

describe("what is printed", () => {
  it("cannot steer the terminal, whatever names are part of it", () => {
    assert.equal(
      withoutControls('the column "\u001b[2J\u0007price\u202e" is\r bad.\n  Change it.'),
      'the column " [2J price " is  bad.\n  Change it.',
    );
    assert.equal(withoutControls("é 価格 − … “x”"), "é 価格 − … “x”");
  });
});
