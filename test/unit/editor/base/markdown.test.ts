import assert from "node:assert/strict";
import { escapeMarkdown } from "../../../../src/editor/base/markdown.ts";

describe("markdown", () => {
  it("shows text as it is", () => {
    assert.equal(escapeMarkdown("fc1 300"), "fc1 300");
    assert.equal(escapeMarkdown("**a**\n# <b>[x](command:y)"), "\\*\\*a\\*\\* \\# \\<b\\>\\[x\\]\\(command\\:y\\)");
    assert.equal(escapeMarkdown("`a` | b\\"), "\\`a\\` \\| b\\\\");
  });
});
