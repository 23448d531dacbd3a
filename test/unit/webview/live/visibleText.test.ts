import assert from "node:assert/strict";
import { visibleText } from "../../../../src/webview/live/visibleText.ts";

describe("a text as it can be shown", () => {
  it("has signs in the place of what cannot be seen, or turns around what stands beside it", () => {
    assert.equal(visibleText("a\n\tb\r\x00\x1b[31mc\x7f"), "a␊␉b␍␀␛[31mc␡");
    assert.equal(
      visibleText("a\x85b\u2028\u202eevil\u202c\u2066x\u2069"),
      "a⟨U+0085⟩b⟨U+2028⟩⟨U+202E⟩evil⟨U+202C⟩⟨U+2066⟩x⟨U+2069⟩",
    );
  });

  it("is otherwise the same: joined emoji, marks of direction and of joining in words", () => {
    const text = "<b>&amp; 👩‍👩‍👧 می‌روم \u200fשלום\u200e\ufeff é ";
    assert.equal(visibleText(text), text);
  });
});
