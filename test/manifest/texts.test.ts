import assert from "node:assert/strict";
import { BUNDLE, collectTexts, findGaps, LANGUAGES, readTexts } from "../../scripts/texts.ts";

describe("texts", () => {
  it("are all in the English bundle (npm run texts)", async () => {
    assert.deepEqual(readTexts(BUNDLE), await collectTexts());
  });

  for (const language of LANGUAGES) {
    it(`are complete in ${language}, with the same places to fill in`, () => {
      assert.deepEqual(findGaps(readTexts(BUNDLE), readTexts(`l10n/bundle.l10n.${language}.json`)), []);
      assert.deepEqual(findGaps(readTexts("package.nls.json"), readTexts(`package.nls.${language}.json`)), []);
    });
  }

  it("a gap is found: a text that is missing, one too many, another place", () => {
    assert.deepEqual(findGaps({ "a {0}": "a {0}", b: "b" }, { "a {0}": "あ {1}", c: "c" }), [
      "missing: b",
      "not needed: c",
      "other places: a {0}",
    ]);
  });
});
