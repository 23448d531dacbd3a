import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { DataSet, Split } from "../../../../src/data/types.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { settingsSchema } from "../../../../src/protocol/settings.ts";
import { FormatScratch, OPTIONS, openHeld, refused } from "../../../fixtures/formatScratch.ts";

const optionsOf = (text: object) => ({ ...OPTIONS, text: settingsSchema.parse({ text }).text });

/** All that a split's windows say, after a look at whether targets are one token further on. */
function spokenBy({ texts, xShape }: DataSet, { count, x, y }: Split): string {
  const length = xShape[0] ?? 0;
  assert.deepEqual([x.length, y.length], [count * length, count * length]);
  assert.deepEqual([...x.subarray(1)], [...y.subarray(0, -1)]);
  return texts?.tokenizer.decode([...x, y.at(-1) ?? 0]) ?? "";
}

describe("text", () => {
  const scratch = new FormatScratch();

  it("is windows of a text, one after the other, with validation and test from its end", async () => {
    const words = Array.from({ length: 1000 }, (_, at) => `w${at % 7}`).join(" ");
    const data = await openHeld(
      `text:${scratch.write("words.txt.gz", gzipSync(words))}`,
      optionsOf({ tokenizer: "word", length: 10 }),
    );
    assert.deepEqual([data.xShape, data.yShape, data.classes, data.padding], [[10], [10], 4 + 7, undefined]);
    // 900 words remain without the test split, 675 without the validation split; the last token of a split is a target only.
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [67, 22, 9]);
    const said = [data.train, data.validation, data.test].map((split) => spokenBy(data, split));
    assert.ok(words.startsWith(said[0] ?? "?"));
    assert.ok([said[1], said[2]].every((part) => part !== undefined && words.includes(part)));
  });

  it("keeps every character, and knows those of the training split only", async () => {
    const text = `${"abc d\n".repeat(100)}${"xyz ".repeat(15)}`;
    const data = await openHeld(
      `text:${scratch.write("letters.txt", `\uFEFF${text.replaceAll("\n", "\r\n")}`)}`,
      optionsOf({ tokenizer: "character", length: 6 }),
    );
    const train = spokenBy(data, data.train);
    assert.ok(text.startsWith(train));
    assert.ok(train.length > text.length * 0.9 * 0.75 - 7, `${train.length} of ${text.length}`);
    assert.equal(data.classes, 4 + new Set("abcd \n").size);
    assert.ok([...data.test.x].includes(1), "x, y and z are unknown");
  });

  it("tells a model of several inputs what it should have", async () => {
    const spec = `text:${scratch.write("any.txt", "a ".repeat(500))}`;
    await assert.rejects(
      openHeld(spec, { ...OPTIONS, inputs: ["a", "b"] }),
      (error) => error instanceof WhittleError && /one input, and this one has 2 \(a, b\)/.test(error.message),
    );
  });

  for (const [what, bytes, message] of [
    ["an empty file", "", /is empty/],
    ["empty lines", " \r\n\n\t", /is empty/],
    ["a short text", "a few words only", /The \w+ split of .* has \d+ tokens, too few for one window of 128/],
    ["bytes", Buffer.from("one\ntwo\nthr\xe9e", "latin1"), /line 3 is no text in UTF-8/],
    ["cut gzip", gzipSync("a b c").subarray(0, 12), /is gzip, but cut off/],
    ["what is too large", gzipSync(Buffer.alloc(2 ** 28 + 1, "a ")), /bytes of text, more than/],
  ] as const) {
    it(`refuses ${what}, in words`, () => refused(`text:${scratch.write("bad.txt", bytes)}`, message));
  }

  it("says what does not exist", () => refused(`text:${scratch.path("none.txt")}`, /none\.txt does not exist/));

  it("is the windows of what is in the file, or refused in words, 4,000 times", async () => {
    const word = fc.constantFrom(
      "a",
      "b",
      "<s>",
      "\u0000",
      "漢",
      "😀",
      "\n",
      "\r\n",
      "\u0085",
      "رجل",
      "\u2028",
      "long".repeat(9),
    );
    const text = fc.array(word, { minLength: 40, maxLength: 120 }).map((words) => words.join(" "));
    const bytes = fc.oneof({ weight: 8, arbitrary: text.map((all) => Buffer.from(all)) }, fc.uint8Array());
    const settings = fc.record({
      tokenizer: fc.constantFrom("word", "character", "bpe"),
      vocabulary: fc.integer({ min: 5, max: 60 }),
      length: fc.integer({ min: 2, max: 6 }),
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(bytes, settings, async (all, own) => {
        const spec = `text:${scratch.write("fuzz.txt", all)}`;
        const data = await openHeld(spec, optionsOf(own)).catch((error: unknown) => {
          assert.ok(error instanceof WhittleError, error instanceof Error ? error.stack : String(error));
        });
        if (data === undefined) return;
        read += 1;
        for (const split of [data.train, data.validation, data.test]) {
          spokenBy(data, split);
          assert.ok(
            split.count > 0 && [...split.x, ...split.y].every((id) => id === 1 || (id > 3 && id < (data.classes ?? 0))),
          );
        }
      }),
      { numRuns: 4000, seed: 13 },
    );
    assert.ok(read > 1000, `only ${read} were read`);
  });
});
