import assert from "node:assert/strict";
import { asCsv } from "../../../../src/webview/base/table.ts";

describe("table", () => {
  it("writes figures as they are, quotes what needs it and disarms formulas", () => {
    const csv = asCsv({
      columns: ["Layer", "Sparsity"],
      rows: [
        ['a "b", c', { value: 0.123456789, text: "12.3 %" }],
        ["=HYPERLINK(1)", { value: -2, text: "-2" }],
      ],
    });
    assert.equal(csv, 'Layer,Sparsity\n"a ""b"", c",0.123456789\n"\'=HYPERLINK(1)",-2\n');
  });
});
