import assert from "node:assert/strict";
import { type MtTokenizer, mtTokenize } from "../../../src/language/mtTokenize.ts";
import { reference } from "../../fixtures/translationReference.ts";

describe("words as sacreBLEU counts them", () => {
  for (const tokenizer of ["13a", "none", "char"] satisfies MtTokenizer[]) {
    it(`are those of ${tokenizer}, in ${reference.lines.length} lines`, () => {
      for (const { line, [tokenizer]: words } of reference.lines) {
        assert.deepEqual(mtTokenize(line, tokenizer), words, JSON.stringify(line));
      }
    });
  }
});
