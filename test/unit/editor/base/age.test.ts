import assert from "node:assert/strict";
import { describeAge } from "../../../../src/editor/base/age.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const age = (iso: string, language = "en") => describeAge(iso, NOW, language);

describe("age", () => {
  it("is told in the largest unit that fits", () => {
    assert.equal(age("2026-11-24T11:59:30Z"), "now");
    assert.equal(age("2026-11-24T11:48:00Z"), "12 min ago");
    assert.equal(age("2026-11-24T09:59:00Z"), "2 hr ago");
    assert.equal(age("2026-11-23T09:59:00Z"), "yesterday");
    assert.equal(age("2026-11-14T11:59:00Z"), "10 days ago");
  });

  it("is not in the future when two clocks disagree, and speaks the editor's language", () => {
    assert.equal(age("2026-11-24T12:00:09Z"), "now");
    assert.equal(age("2026-11-24T11:48:00Z", "ja"), "12 分前");
  });
});
