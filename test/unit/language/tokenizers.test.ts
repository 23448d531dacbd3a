import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { createRandom } from "../../../src/data/random.ts";
import { SPECIAL } from "../../../src/language/tokenizer.ts";
import { buildTokenizer, readTokenizer } from "../../../src/language/tokenizers.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { type Settings, settingsSchema } from "../../../src/protocol/settings.ts";
import { CORPUS, ODD_TEXTS, TOKENIZERS } from "../../fixtures/tokenized.ts";

interface Reference {
  readonly ids: readonly (readonly number[])[];
  readonly merges: readonly (readonly [string, string])[] | null;
}

const reference = JSON.parse(
  readFileSync(new URL("../../reference/tokenizers.json", import.meta.url), "utf8"),
) as readonly Reference[];
const KINDS = ["word", "character", "bpe"] as const;
const textOf = (text: object): Settings["text"] => settingsSchema.parse({ text }).text;
const bytesOf = (file: unknown): string => JSON.stringify(file);

describe("tokenizers", () => {
  for (const [at, settings] of TOKENIZERS.entries()) {
    const name = `${settings.tokenizer}, ${settings.vocabulary} tokens${settings.lowerCase ? ", small letters" : ""}`;
    const expected = reference[at];
    it(`gives the ids that Hugging Face's give by the same file: ${name}`, () => {
      const tokenizer = buildTokenizer(CORPUS, settings);
      for (const [of, text] of ODD_TEXTS.entries()) {
        assert.deepEqual([...tokenizer.encode(text)], expected?.ids[of], JSON.stringify(text));
      }
      assert.deepEqual(readTokenizer(JSON.parse(bytesOf(tokenizer.file))).file, tokenizer.file);
    });
    if (expected?.merges) {
      it(`joins the pairs that the printed algorithm joins: ${name}`, () => {
        const { model } = buildTokenizer(CORPUS, settings).file as { model: { merges: unknown } };
        assert.deepEqual(model.merges, expected.merges);
      });
    }
  }

  it("knows the most frequent words, of equals the first by code units", () => {
    const tokenizer = buildTokenizer(["b a c", "c b d", "c"], textOf({ tokenizer: "word", vocabulary: 7 }));
    assert.equal(tokenizer.size, 7);
    assert.deepEqual([...tokenizer.encode("c b a d")], [4, 5, 6, SPECIAL.unknown]);
    assert.deepEqual([0, 1, 2, 3, 4, 7].map(tokenizer.tokenOf), ["<pad>", "<unk>", "<s>", "</s>", "c", "<unk>"]);
  });

  it("takes what looks like a special token for the text that it is", () => {
    for (const tokenizer of KINDS) {
      const text = "<s> <pad> x </s> <unk> \\<s> \\\\<s>";
      const made = buildTokenizer([text, text], textOf({ tokenizer, vocabulary: 1000 }));
      const ids = [...made.encode(text)];
      assert.ok(
        ids.every((id) => id > SPECIAL.end),
        `${tokenizer}: ${ids}`,
      );
      assert.equal(made.decode(ids), text, tokenizer);
      assert.equal(made.decode([SPECIAL.begin, ...ids, SPECIAL.end, SPECIAL.padding, made.size, -1]), text, tokenizer);
    }
  });

  it("gives back what it is given, where it knows the words or the characters", () => {
    const word = fc.stringMatching(/^[a-d<>/sw\\é漢😀]{1,8}$/u);
    const sentence = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 1, maxLength: 6 }),
        sentence,
        fc.constantFrom(...KINDS),
        fc.integer({ min: 100, max: 300 }),
        (texts, other, tokenizer, vocabulary) => {
          const made = buildTokenizer(texts, textOf({ tokenizer, vocabulary }));
          const again = buildTokenizer(texts, textOf({ tokenizer, vocabulary }));
          assert.equal(bytesOf(again.file), bytesOf(made.file));
          assert.ok(made.size <= vocabulary);
          const known = new Set(texts.join(" ").split(" "));
          const letters = new Set(texts.join(" "));
          const isKnown =
            tokenizer === "word"
              ? other.split(" ").every((each) => known.has(each))
              : [...other].every((each) => each === " " || letters.has(each)) &&
                (tokenizer === "bpe" || letters.has(" "));
          for (const text of isKnown ? [...texts, other] : texts) assert.equal(made.decode(made.encode(text)), text);
          assert.ok(made.encode(other).every((id) => id === SPECIAL.unknown || (id > SPECIAL.end && id < made.size)));
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });

  it("takes any text at all, and is the same again from its file", () => {
    const texts = fc.array(fc.string({ unit: "binary", maxLength: 30 }), { maxLength: 6 });
    const odd = fc.oneof(texts, fc.array(fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "a", " ") })));
    fc.assert(
      fc.property(odd, odd, fc.constantFrom(...KINDS), fc.boolean(), (train, others, tokenizer, lowerCase) => {
        const made = buildTokenizer(train, textOf({ tokenizer, lowerCase, vocabulary: 40 }));
        const read = readTokenizer(JSON.parse(bytesOf(made.file)));
        assert.equal(bytesOf(read.file), bytesOf(made.file));
        assert.doesNotMatch(bytesOf(made.file), /\\ud[89a-f]/, "half a character, which UTF-8 does not have");
        for (const text of [...train, ...others]) {
          const ids = made.encode(text);
          assert.ok(ids.every((id) => id === SPECIAL.unknown || (id > SPECIAL.end && id < made.size)));
          assert.deepEqual(read.encode(text), ids);
          assert.equal(read.decode(ids), made.decode(ids));
        }
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  it("takes words of any length", () => {
    const made = buildTokenizer(CORPUS, textOf({ tokenizer: "bpe", vocabulary: 400 }));
    const long = "abc".repeat(300_000);
    const ids = made.encode(long);
    assert.equal(made.decode(ids), long);
    assert.ok(ids.length <= long.length / 3);
    const random = createRandom("long word");
    const letters = Array.from({ length: 1_000_000 }, () => "abcdefgh"[Math.floor(random.next() * 8)]).join("");
    const other = buildTokenizer([...CORPUS, letters], textOf({ tokenizer: "bpe", vocabulary: 400 }));
    assert.equal(other.decode(other.encode(letters)), letters);
  });

  for (const [what, file] of [
    ["nothing", null],
    ["another form", { model: { type: "Unigram", vocab: [] } }],
    ["gaps", changed({ "<pad>": 0, "<unk>": 1, "<s>": 2, "</s>": 3, a: 5 })],
    ["ids that two tokens have", changed({ "<pad>": 0, "<unk>": 1, "<s>": 2, "</s>": 3, a: 3 })],
    ["other special tokens", changed({ "<unk>": 0, "<pad>": 1, "<s>": 2, "</s>": 3, a: 4 })],
    ["huge ids", changed({ "<pad>": 0, "<unk>": 1, "<s>": 2, "</s>": 3, a: 2 ** 40 })],
    ["merges of nothing", { ...made("bpe"), model: { ...made("bpe").model, merges: [["a", "漢"]] } }],
  ] as const) {
    it(`refuses a file with ${what}, in words`, () => {
      assert.throws(
        () => readTokenizer(file),
        (error) => error instanceof WhittleError && /none that/.test(error.message),
      );
    });
  }
});

function made(tokenizer: (typeof KINDS)[number]) {
  return buildTokenizer(["a b"], textOf({ tokenizer })).file as { model: object };
}

function changed(vocab: object): unknown {
  return { ...made("word"), model: { ...made("word").model, vocab } };
}
