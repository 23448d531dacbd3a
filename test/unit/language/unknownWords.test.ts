import assert from "node:assert/strict";
import { buildTokenizer } from "../../../src/language/tokenizers.ts";
import { unknownWords } from "../../../src/language/unknownWords.ts";
import { settingsSchema } from "../../../src/protocol/settings.ts";

const tokenizerOf = (text: object) =>
  buildTokenizer(["a dog runs", "the dog stands"], settingsSchema.parse({ text }).text);

describe("unknown words", () => {
  it("are those that the vocabulary lacks, each once, in their order, and no more than asked for", () => {
    const tokenizer = tokenizerOf({ tokenizer: "word" });
    const text = "  the cat\truns , the cat \u2028 Dog  sits ";
    assert.deepEqual(unknownWords(tokenizer, text, 10), ["cat", ",", "Dog", "sits"]);
    assert.deepEqual(unknownWords(tokenizer, text, 2), ["cat", ","]);
    assert.deepEqual(unknownWords(tokenizer, "a dog", 10), []);
    assert.deepEqual(unknownWords(tokenizer, "", 10), []);
  });

  it("are those with an unknown part where tokens are parts of words, or characters", () => {
    for (const tokenizer of ["bpe", "character"]) {
      assert.deepEqual(unknownWords(tokenizerOf({ tokenizer }), "god röstet hands 漢 漢", 10), ["röstet", "漢"]);
    }
  });

  it("are looked up in small letters where the vocabulary has only these", () => {
    const tokenizer = tokenizerOf({ tokenizer: "word", lowerCase: true });
    assert.deepEqual(unknownWords(tokenizer, "THE Cat", 10), ["Cat"]);
  });
});
