import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { OpenOptions } from "../../../../src/data/formats/format.ts";
import type { DataSet, Split } from "../../../../src/data/types.ts";
import { SPECIAL } from "../../../../src/language/tokenizer.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { settingsSchema } from "../../../../src/protocol/settings.ts";
import { FormatScratch, OPTIONS, openHeld, refused } from "../../../fixtures/formatScratch.ts";

const textOf = (text: object) => ({ text: settingsSchema.parse({ text }).text });
const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join("");

/** Source, what has been written, and target of an example, as ids. */
function rowOf({ xFields = [], xShape, yShape }: DataSet, { x, y }: Split, at: number): number[][] {
  const [source = 0, written = 0] = xFields.map(({ shape }) => shape[0] ?? 0);
  assert.deepEqual([xShape, yShape], [[source + written], [written]]);
  const row = [...x.subarray(at * (source + written), (at + 1) * (source + written))];
  return [row.slice(0, source), row.slice(source), [...y.subarray(at * written, (at + 1) * written)]];
}

/** The texts of an example's source and target, after a look at how its row is made. */
function textsOf(data: DataSet, split: Split, at: number): string[] {
  const [source = [], written = [], target = []] = rowOf(data, split, at);
  const withoutPadding = (ids: readonly number[]): number[] => {
    const end = ids.findLastIndex((id) => id !== SPECIAL.padding) + 1;
    assert.ok(ids.slice(0, end).every((id) => id !== SPECIAL.padding));
    return ids.slice(0, end);
  };
  const [from, so, to] = [withoutPadding(source), withoutPadding(written), withoutPadding(target)];
  assert.equal(from.at(-1), SPECIAL.end);
  assert.equal(so[0], SPECIAL.begin);
  assert.deepEqual(to, [...so.slice(1), SPECIAL.end]);
  return [from, to].map((ids) => data.texts?.tokenizer.decode(ids) ?? "");
}

describe("parallel", () => {
  const scratch = new FormatScratch();
  let folders = 0;
  const folder = (files: Readonly<Record<string, string | Uint8Array>>): string => {
    folders += 1;
    const name = `corpus${folders}`;
    for (const [file, bytes] of Object.entries(files)) scratch.write(`${name}/${file}`, bytes);
    return scratch.path(name);
  };
  const train = { "train.de": lines("ein hund", "eine katze", "zwei"), "train.en": lines("a dog", "a cat", "two") };
  const held = { "val.de": "a", "val.en": "a", "test.de": "a", "test.en": "a" };
  const open = (dir: string, options: Partial<Omit<OpenOptions, "load">> = {}, languages = "de-en"): Promise<DataSet> =>
    openHeld(`parallel:${dir}#${languages}`, { ...OPTIONS, ...options });

  it("makes rows of a source, what has been written, and what comes next, padded at the end", async () => {
    const data = await open(
      folder({
        ...train,
        "val.de": lines("ein zebra"),
        "val.en": lines("a zebra"),
        "test_2016.de.gz": gzipSync(lines("eine katze")),
        "test_2016.en": lines("a cat !"),
      }),
    );
    // By frequency, then by code units: a, cat, dog, ein, eine, hund, katze, two, zwei.
    assert.deepEqual(rowOf(data, data.train, 0), [
      [7, 9, 3, 0],
      [2, 4, 6, 0],
      [4, 6, 3, 0],
    ]);
    assert.deepEqual(rowOf(data, data.train, 2), [
      [12, 3, 0, 0],
      [2, 11, 0, 0],
      [11, 3, 0, 0],
    ]);
    assert.deepEqual(rowOf(data, data.validation, 0), [
      [7, 1, 3, 0],
      [2, 4, 1, 0],
      [4, 1, 3, 0],
    ]);
    assert.deepEqual(
      [data.padding, data.classes, data.texts?.tokenizer.size, data.scale, data.offset],
      ["end", 13, 13, 1, 0],
    );
    assert.deepEqual(
      data.xFields?.map(({ name }) => name),
      ["source", "target"],
    );
    assert.deepEqual(data.texts?.pairs, {
      validation: [{ source: "ein zebra", reference: "a zebra" }],
      test: [{ source: "eine katze", reference: "a cat !" }],
    });
    assert.ok(data.train.x instanceof Float32Array && data.train.y instanceof Int32Array);
  });

  it("calls the inputs as the model does, and tells a model of another kind what it should have", async () => {
    const dir = folder({ ...train, ...held });
    const data = await open(dir, { inputs: ["read", "written"], exampleRank: 1 });
    assert.deepEqual(
      data.xFields?.map(({ name }) => name),
      ["read", "written"],
    );
    for (const [options, message] of [
      [{ exampleRank: 1 }, /two inputs, and this one has 1\.$/],
      [{ inputs: ["a", "b", "c"], exampleRank: 1 }, /has 3 \(a, b, c\)/],
      [{ inputs: ["a", "b"], outputs: ["c", "d"] }, /one output, and this one has 2 \(c, d\)/],
    ] as const) {
      await assert.rejects(open(dir, options), (error) => error instanceof WhittleError && message.test(error.message));
    }
  });

  it("leaves long pairs and empty sides out of training, and cuts or keeps them elsewhere", async () => {
    const long = "wort ".repeat(100_000);
    const notes: string[] = [];
    const data = await open(
      folder({
        "train.de": lines("eins zwei", "drei", "", long, "  ", "fünf"),
        "train.en": lines("one two", "three four five", "empty", "word", "x", ""),
        "dev.de": lines(long, "", "eins"),
        "dev.en": lines("", "three", long),
        "test.de": "drei",
        "test.en": "three",
      }),
      { ...textOf({ length: 3 }), onProgress: (note) => notes.push(note) },
    );
    assert.deepEqual(notes, [
      "Left out of training: 3 pairs with an empty side.",
      "Left out of training: 1 pairs of more than 3 tokens (text.length).",
    ]);
    assert.equal(data.train.count, 2);
    assert.deepEqual(
      [0, 1].map((at) => textsOf(data, data.train, at)),
      [
        ["eins zwei", "one two"],
        ["drei", "three four five"],
      ],
    );
    assert.deepEqual(
      [0, 1, 2].map((at) => textsOf(data, data.validation, at)),
      [
        ["wort wort wort", ""],
        ["", "three"],
        ["eins", "wort wort wort"],
      ],
    );
    assert.equal(data.texts?.pairs?.validation[0]?.source, long);
  });

  it("takes a file of objects, with splits from the seed and words of the training split only", async () => {
    const words = Array.from({ length: 40 }, (_, at) => ({ "de-DE": `wort${at}`, en: `word${at}`, more: at }));
    const file = scratch.write("pairs.jsonl", lines(...words.map((each) => JSON.stringify(each))));
    const data = await open(file, {}, "de-DE-en");
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [27, 9, 4]);
    assert.equal(data.classes, 4 + 2 * 27);
    const seen = [...Array(27).keys()].map((at) => textsOf(data, data.train, at)[0]);
    const { validation = [], test = [] } = data.texts?.pairs ?? {};
    const all = [...seen, ...validation.map(({ source }) => source), ...test.map(({ source }) => source)];
    assert.deepEqual(new Set(all), new Set(words.map((each) => each["de-DE"])));
    assert.equal(all.length, 40);
    const again = await open(file, {}, "de-DE-en");
    assert.deepEqual([again.train, again.sha256], [data.train, data.sha256]);
    const other = await open(file, { seed: 1 }, "de-DE-en");
    assert.notDeepEqual(other.texts?.pairs, data.texts?.pairs);
    assert.equal(other.sha256, data.sha256);
  });

  it("is another data set where one reference is another", async () => {
    const rest = { ...train, "val.de": "x", "test.de": "x", "test.en": "y" };
    const [one, other] = [
      await open(folder({ ...rest, "val.en": "y" })),
      await open(folder({ ...rest, "val.en": "z" })),
    ];
    assert.notEqual(one.sha256, other.sha256);
  });

  it("reads what comes from anywhere: marks, other ends of lines, other scripts, control characters", async () => {
    const rest = { "val.ar": "x", "val.en": "y", "test.ar": "x", "test.en": "y" };
    const data = await open(
      folder({
        "train.ar": "\uFEFFرجل يقف\r\nسلم \u202e في\u0007\r\n<s> <pad>",
        "train.en": "a man\nup \u0000\n</s>\n",
        ...rest,
      }),
      {},
      "ar-en",
    );
    assert.deepEqual(
      [0, 1, 2].map((at) => textsOf(data, data.train, at)),
      [
        ["رجل يقف", "a man"],
        ["سلم \u202e في\u0007", "up \u0000"],
        ["<s> <pad>", "</s>"],
      ],
    );
  });

  for (const [what, files, message] of [
    ["no file of a language", { "train.de": "a\n" }, /has no train\.de and train\.en|train\.en does not exist/],
    ["no languages at all", { "a.txt": "a" }, /has no train\.de and train\.en; it has a\.txt/],
    ["an empty file", { ...train, "train.de": "" }, /train\.de is empty/],
    [
      "nothing but empty lines",
      { ...held, "train.de": "\n\n\n", "train.en": lines("a", "b", "c") },
      /nothing to train on: of its 3 pairs, 3 have an empty side, and 0 are longer than 128 tokens/,
    ],
    ["sides of different length", { ...train, "train.de": "a\nb\n" }, /train\.de has 2 lines, but .*train\.en has 3/],
    ["half a split", { ...train, "val.de": "a" }, /val\.en does not exist/],
    [
      "two tests",
      { ...train, "test_a.de": "a", "test_a.en": "a", "test_b.de": "a", "test_b.en": "a" },
      /several files for the test split: test_a\.de, test_b\.de/,
    ],
    ["a file twice", { ...train, "train.de.gz": gzipSync("a\nb\nc") }, /has both train\.de and train\.de\.gz/],
    [
      "bytes",
      { ...train, "train.en": Buffer.from("a\nb \xff\nc\n", "latin1") },
      /train\.en: line 2 is no text in UTF-8/,
    ],
    ["another encoding", { ...train, "train.en": Buffer.from("a\nb\nc\n", "utf16le") }, /lines, but|UTF-8/],
    ["half a file", { ...train, "train.en.gz": "", "train.en": gzipSync("a\nb\nc\n").subarray(0, 12) }, /both|gzip/],
    ["a line without an end", { ...train, "train.de": gzipSync(Buffer.alloc(2 ** 25, "a ")) }, /line 1 is longer than/],
    ["too many lines", { ...train, "train.de": gzipSync(Buffer.alloc(2 ** 23 + 1, "\n")) }, /more than .* lines/],
  ] as const) {
    it(`refuses ${what}, in words`, () => refused(`parallel:${folder(files)}#de-en`, message));
  }

  it("takes the file that is called test where there are several", async () => {
    const files = { ...train, "val.de": "a", "val.en": "a", "test_a.de": "a", "test.de": "b", "test.en": "c" };
    const data = await open(folder(files));
    assert.deepEqual(data.texts?.pairs?.test, [{ source: "b", reference: "c" }]);
  });

  it("says what is missing in its name, its file or a line", async () => {
    await refused(`parallel:${folder(train)}`, /does not say from which language to which/);
    await refused(`parallel:${folder(train)}#de`, /does not say from which language/);
    await refused(`parallel:${scratch.path("none")}#de-en`, /none does not exist/);
    const file = (text: string) => `parallel:${scratch.write("bad.jsonl", text)}#de-en`;
    await refused(file('{"de":"a","en":"b"}\n{"de":"a"}'), /line 2 has no "en"; it has de/);
    await refused(file('{"de":"a","en":5}'), /"en" in line 1 is no text/);
    await refused(file('{"__proto__":"a","en":"b"}'), /line 1 has no "de"/);
    await refused(file(""), /is empty/);
    await refused(file('{"de":"a","en":"b"}'), /1 training examples, too few/);
  });

  it("is not made where the longest text would make all rows too long", async () => {
    const many = lines(...Array.from({ length: 20_000 }, () => "a"));
    const long = lines(...Array.from({ length: 19_999 }, () => "a"), "a ".repeat(40_000));
    await assert.rejects(
      open(folder({ "train.de": many, "train.en": long, ...held }), textOf({ length: 65_536 })),
      (error) =>
        error instanceof WhittleError && /rows of 120003 ids/.test(error.message) && /text\.length/.test(error.remedy),
    );
  });

  it("is a right data set or refused in words, whatever is in its files, 4,000 times", async () => {
    const word = fc.constantFrom("a", "b", "", "\r", "\ufeff", "<s>", "</w>", "\u0000", "漢", "😀", "\u0085", "رجل");
    const sentence = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
    const side = fc.array(sentence, { minLength: 3, maxLength: 5 }).map((all) => Buffer.from(all.join("\n")));
    const odd = fc.oneof(
      { weight: 8, arbitrary: side },
      fc.uint8Array().map((all) => Buffer.from(all)),
    );
    const sides = fc.oneof(
      { weight: 1, arbitrary: fc.tuple(odd, odd) },
      fc
        .array(fc.tuple(sentence, sentence), { minLength: 3, maxLength: 6 })
        .map(
          (pairs) => [0, 1].map((at) => Buffer.from(pairs.map((pair) => `${pair[at]}\n`).join(""))) as [Buffer, Buffer],
        ),
    );
    const settings = fc.record({
      tokenizer: fc.constantFrom("word", "character", "bpe"),
      vocabulary: fc.integer({ min: 5, max: 30 }),
      length: fc.integer({ min: 2, max: 12 }),
      lowerCase: fc.boolean(),
    });
    const name = "fuzzed";
    const dir = scratch.path(name);
    let read = 0;
    await fc.assert(
      fc.asyncProperty(sides, settings, async ([de, en], text) => {
        scratch.write(`${name}/train.de`, de);
        scratch.write(`${name}/train.en`, en);
        const opened = await open(dir, textOf(text)).catch((error: unknown) => {
          assert.ok(error instanceof WhittleError, error instanceof Error ? error.stack : String(error));
        });
        if (opened === undefined) return;
        read += 1;
        for (const split of [opened.train, opened.validation, opened.test]) {
          for (let at = 0; at < split.count; at++) textsOf(opened, split, at);
          assert.ok([...split.x, ...split.y].every((id) => id >= 0 && id < (opened.classes ?? 0)));
        }
      }),
      { numRuns: 4000, seed: 11 },
    );
    assert.ok(read > 1000, `only ${read} were read`);
  });
});
