import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describeData } from "../../../../src/data/describe.ts";
import type { DataSet } from "../../../../src/data/types.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { settingsSchema } from "../../../../src/protocol/settings.ts";
import { FormatScratch, OPTIONS, openHeld, refused } from "../../../fixtures/formatScratch.ts";

const lines = (...objects: readonly unknown[]): string => objects.map((each) => `${JSON.stringify(each)}\n`).join("");
const REVIEWS = Array.from({ length: 20 }, (_, at) => ({
  review: at % 2 === 0 ? `good ${"very ".repeat(at % 5)}film` : "bad",
  stars: at % 2 === 0 ? "up" : "down",
}));

/** Of all splits: the text as the ids say it, and its class. */
function examplesOf({ train, validation, test, xShape, texts, classNames }: DataSet): [string, string][] {
  const width = xShape[0] ?? 0;
  return [train, validation, test].flatMap(({ count, x, y }) =>
    Array.from({ length: count }, (_, at): [string, string] => {
      const ids = [...x.subarray(at * width, (at + 1) * width)];
      const begin = ids.findIndex((id) => id !== 0);
      assert.ok(begin >= 0 && ids.slice(begin).every((id) => id !== 0), `${ids}`);
      return [texts?.tokenizer.decode(ids) ?? "", classNames?.[y[at] ?? -1] ?? "?"];
    }),
  );
}

describe("labelled", () => {
  const scratch = new FormatScratch();

  it("is texts padded at the start and their classes, the same from either kind of file", async () => {
    const table = ["stars,review", ...REVIEWS.map(({ review, stars }) => `${stars},"${review}"`)].join("\r\n");
    const [asLines, ...others] = await Promise.all(
      [
        scratch.write("reviews.jsonl", lines(...REVIEWS)),
        scratch.write("reviews.csv", `\uFEFF${table}`),
        scratch.write("reviews.tsv.gz", gzipSync(table.replaceAll(",", "\t"))),
      ].map((file) => openHeld(`labelled:${file}#review-stars`, OPTIONS)),
    );
    assert.ok(asLines !== undefined);
    assert.deepEqual(
      [asLines.classNames, asLines.classes, asLines.yShape, asLines.padding, asLines.xShape],
      [["down", "up"], 2, [], "start", [6]],
    );
    const expected = REVIEWS.map(({ review, stars }): [string, string] => [review, stars]);
    assert.deepEqual(examplesOf(asLines).sort(), expected.sort());
    for (const other of others) {
      assert.deepEqual([other.train, other.sha256], [asLines.train, asLines.sha256]);
    }
  });

  it("cuts long texts, makes an unknown token of empty ones, and puts numbers in their order", async () => {
    const rows = [10, 9, 2, 9, 2].map((label) => ({ text: label === 9 ? " " : "a b c d", "label-x": label }));
    const { text } = settingsSchema.parse({ text: { length: 3 } });
    const data = await openHeld(`labelled:${scratch.write("n.jsonl", lines(...rows))}#text-label-x`, {
      ...OPTIONS,
      text,
    });
    assert.deepEqual(data.classNames, ["2", "9", "10"]);
    assert.deepEqual(examplesOf(data).sort(), [
      ["", "9"],
      ["", "9"],
      ["a b c", "10"],
      ["a b c", "2"],
      ["a b c", "2"],
    ]);
  });

  it("takes numbers as values where the loss compares values", async () => {
    const rows = [0, 1, 1, 0.5].map((label) => ({ text: `is ${label}`, label }));
    const spec = `labelled:${scratch.write("values.jsonl", lines(...rows))}#text-label`;
    const data = await openHeld(spec, { ...OPTIONS, wantsValues: true });
    assert.deepEqual([data.yShape, data.classes, data.classNames], [[1], undefined, undefined]);
    const values = [data.train, data.validation, data.test].flatMap(({ y }) => [...y]);
    assert.deepEqual(values.sort(), [0, 0.5, 1, 1]);
    const { y } = describeData(data, 1);
    assert.ok(y !== undefined, "they have a range");
  });

  it("tells a model of several inputs what it should have", async () => {
    const spec = `labelled:${scratch.write("reviews.jsonl", lines(...REVIEWS))}#review-stars`;
    await assert.rejects(
      openHeld(spec, { ...OPTIONS, inputs: ["a", "b"] }),
      (error) => error instanceof WhittleError && /one input, and this one has 2/.test(error.message),
    );
  });

  for (const [what, name, bytes, message] of [
    ["nothing", "bad.jsonl", "", /has no examples/],
    ["nothing", "bad.csv", "", /has no columns "text" and "label"/],
    ["names alone", "bad.csv", "text,label\n", /has no examples/],
    ["other keys", "bad.jsonl", lines({ text: "a", stars: 1 }), /"label" in line 1 is no class/],
    ["other columns", "bad.csv", "text,stars\na,b\n", /has no columns "text" and "label"/],
    ["numbers as texts", "bad.jsonl", lines({ text: 5, label: 1 }), /"text" in line 1 is no text/],
    [
      "no class",
      "bad.jsonl",
      lines({ text: "a", label: 1 }, { text: "a", label: null }),
      /"label" in line 2 is no class/,
    ],
    ["an empty class", "bad.csv", "text,label\na,1\nb, \n", /"label" has no value in row 2/],
    ["ragged rows", "bad.csv", "text,label\na,b,1\n", /is no table/],
    ["bytes", "bad.csv", Buffer.from("text,label\n\xff,1\n", "latin1"), /line 2 is no text in UTF-8/],
    ["bytes", "bad.jsonl", Buffer.from('{"text":"\xff","label":1}', "latin1"), /line 1 is no text in UTF-8/],
    ["too few", "bad.jsonl", lines({ text: "a", label: 1 }), /1 training examples, too few/],
    [
      "texts as classes",
      "bad.jsonl",
      lines(...Array.from({ length: 1001 }, (_, at) => ({ text: "a", label: `text ${at}` }))),
      /over 1000 different classes/,
    ],
  ] as const) {
    it(`refuses ${what} in ${name}, in words`, () =>
      refused(`labelled:${scratch.write(name, bytes)}#text-label`, message));
  }

  it("says what is missing in its name, or does not exist", async () => {
    await refused(`labelled:${scratch.write("bad.jsonl", "")}#text`, /does not say where its texts/);
    await refused(`labelled:${scratch.path("none.csv")}#text-label`, /none\.csv does not exist/);
  });

  it("is a right data set or refused in words, whatever is in its file, 4,000 times", async () => {
    const text = fc.array(fc.constantFrom("a", "<pad>", "\u0000", "😀", '"', ",", "رجل", "\\"), { maxLength: 6 });
    const row = fc.record({
      text: text.map((words) => words.join(" ")),
      label: fc.oneof(fc.constantFrom("a", "b", 1, true), fc.jsonValue()),
    });
    const good = fc.record({ text: text.map((words) => words.join(" ")), label: fc.constantFrom("a", "b", 1, true) });
    const rows = fc.oneof(fc.array(row, { maxLength: 6 }), fc.array(good, { minLength: 4, maxLength: 8 }));
    let read = 0;
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (all, isTable) => {
        const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
        const file = isTable
          ? scratch.write(
              "fuzz.csv",
              ["text,label", ...all.map((each) => `${quoted(each.text)},${quoted(each.label)}`)].join("\n"),
            )
          : scratch.write("fuzz.jsonl", lines(...all));
        const data = await openHeld(`labelled:${file}#text-label`, OPTIONS).catch((error: unknown) => {
          assert.ok(error instanceof WhittleError, error instanceof Error ? error.stack : String(error));
        });
        if (data === undefined) return;
        read += 1;
        assert.deepEqual(
          examplesOf(data)
            .map(([, label]) => label)
            .sort(),
          all.map(({ label }) => String(label).trim()).sort(),
        );
      }),
      { numRuns: 4000, seed: 17 },
    );
    assert.ok(read > 1000, `only ${read} were read`);
  });
});
