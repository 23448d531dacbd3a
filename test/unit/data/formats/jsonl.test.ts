import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { allRows, FormatScratch, OPTIONS, openHeld, refused, survives } from "../../../fixtures/formatScratch.ts";

const lines = (...objects: readonly unknown[]): string => objects.map((each) => `${JSON.stringify(each)}\n`).join("");

describe("jsonl", () => {
  const scratch = new FormatScratch();
  const bad = (text: Uint8Array | string, message: RegExp) =>
    refused(`jsonl:${scratch.write("bad.jsonl", text)}`, message);

  it("is the same table as a CSV with the same cells", async () => {
    const rows = Array.from({ length: 40 }, (_, at) => ({
      size: at / 8,
      ripe: at % 3 === 0,
      colour: ["red", "blue", "green"][at % 3],
      label: ["cat", "dog"][at % 2],
    }));
    const table = ["size,ripe,colour,label", ...rows.map((row) => Object.values(row).join(","))].join("\n");
    const { spec: _csv, ...asCsv } = await openHeld(`csv:${scratch.write("pets.csv", table)}`, OPTIONS);
    for (const [name, bytes] of [
      ["pets.jsonl", lines(...rows)],
      ["packed.jsonl", gzipSync(lines(...rows))],
      ["keys.jsonl", lines(rows[0], ...rows.slice(1).map((row) => Object.fromEntries(Object.entries(row).reverse())))],
    ] as const) {
      const { spec, ...data } = await openHeld(`jsonl:${scratch.write(name, bytes)}`, OPTIONS);
      assert.equal(spec, `jsonl:${scratch.path(name)}`);
      assert.deepEqual(data, asCsv, name);
    }
  });

  it("takes nested arrays as they are, and targets of any shape", async () => {
    const images = lines(
      ...[0, 1, 2, 3, 4].map((at) => ({
        y: at,
        x: [
          [at, at + 0.5],
          [-at, 10],
          [1, 2],
        ],
      })),
    );
    const data = await openHeld(`jsonl:${scratch.write("images.jsonl", images)}`, OPTIONS);
    assert.deepEqual([data.xShape, data.yShape, data.classes, data.scale], [[3, 2], [], 5, 1]);
    assert.deepEqual(
      allRows(data),
      [0, 1, 2, 3, 4].map((at) => ({ x: [at, at + 0.5, 0 - at, 10, 1, 2], y: at })),
    );
    const points = lines(...[1, 2, 3, 4].map((at) => ({ in: at, out: [at, true, at * 2] })));
    const several = await openHeld(`jsonl:${scratch.write("points.jsonl", points)}#out`, OPTIONS);
    assert.deepEqual([several.xShape, several.yShape, several.classes], [[1], [3], undefined]);
    const first = several.test.y[0] ?? Number.NaN;
    assert.deepEqual([...several.test.y], [first, 1, first * 2]);
  });

  it("skips empty lines, a byte order mark and the missing end of the last line", async () => {
    const text = `\uFEFF{"a":1,"y":0.5}\r\n\n  \n${lines({ a: 2, y: 1.5 }, { a: 3, y: 2.5 })}{"a":4,"y":3.5}`;
    const data = await openHeld(`jsonl:${scratch.write("gaps.jsonl", text)}`, OPTIONS);
    assert.deepEqual(
      allRows(data).map(({ y }) => y),
      [0.5, 1.5, 2.5, 3.5],
    );
  });

  it("reads lines that end anywhere within the pieces of a file", async () => {
    const rows = Array.from({ length: 5000 }, (_, at) => ({ word: "é€".repeat(1 + (at % 97)), at, y: at }));
    const data = await openHeld(`jsonl:${scratch.write("long.jsonl", lines(...rows))}`, OPTIONS);
    assert.deepEqual(
      allRows(data).map(({ y }) => y),
      rows.map(({ at }) => at),
    );
  });

  for (const [what, text, message] of [
    ["nothing", "", /has no examples/],
    ["an array of all", '[{"a":1},\n{"a":2}]', /line 1 is no JSON/],
    ["an array in a line", "[1, 2]\n", /line 1 is no object/],
    ["NaN as Python writes it", '{"a":1,"y":2}\n{"a":NaN,"y":2}\n', /line 2 is no JSON/],
    ["a cut line", '{"a":1,"y":2}\n{"a":1,"y"', /line 2 is no JSON, or cut off/],
    ["a missing key", lines({ a: 1, y: 1 }, { a: 2 }), /line 2 has other keys \(a\) than the first \(a, y\)/],
    ["another key", `\n${lines({ a: 1, y: 1 }, { b: 2, y: 1 })}`, /line 3 has other keys \(b, y\)/],
    ["null", lines({ a: 1, y: 1 }, { a: null, y: 1 }), /"a" in line 2 has no value/],
    ["an object", lines({ a: { b: 1 }, y: 1 }), /"a" in line 1 is an object/],
    ["a change of kind", lines({ a: 1, y: 1 }, { a: "1", y: 1 }), /"a" in line 2 is a word, but a number before/],
    ["what is too large", '{"a":1e39,"y":1}\n', /"a" in line 1 has 1e\+39, no finite number of 32 bits/],
    ["ragged arrays", lines({ x: [[1, 2], [3]], y: 1 }), /"x" in line 1 has another shape/],
    ["another shape", lines({ x: [1, 2], y: 1 }, { x: [1], y: 1 }), /"x" in line 2 has another shape/],
    ["words in arrays", lines({ x: ["a"], y: 1 }), /"x" in line 1 has something else than a number/],
    ["an empty array", lines({ x: [[]], y: 1 }), /"x" in line 1 has an empty array/],
    ["depth", `{"x":${"[".repeat(50_000)}${"]".repeat(50_000)},"y":1}`, /"x" in line 1 has over 5 axes/],
    ["arrays beside numbers", lines({ x: [1], a: 1, y: 1 }), /"x" holds arrays, but is not the only feature/],
    ["no features", lines({ y: 1 }), /no column beside "y"/],
    ["too few", lines({ a: 1, y: 1 }), /1 training examples, too few/],
    [
      "texts",
      lines(...Array.from({ length: 1001 }, (_, at) => ({ a: `text ${at}`, y: 1 }))),
      /"a" has over 1000 different words/,
    ],
    ["other encodings", Buffer.from(lines({ a: 1 }), "utf16le"), /line 1 is no JSON|no text in UTF-8/],
    ["bytes", Uint8Array.of(0x7b, 0xff, 0xfe, 0x0a), /line 1 is no text in UTF-8/],
    ["cut gzip", gzipSync(lines({ a: 1, y: 1 })).subarray(0, 20), /is gzip, but cut off/],
    ["a line without an end", gzipSync(Buffer.alloc(2 ** 25, " ")), /line 1 is longer than 16777216 bytes/],
  ] as const) {
    it(`refuses ${what}, in words`, () => bad(text, message));
  }

  it("names the keys there are, and what does not exist", async () => {
    await refused(`jsonl:${scratch.write("pets.jsonl", lines({ a: 1, y: 1 }))}#weight`, /no column "weight"/);
    await refused(`jsonl:${scratch.path("none.jsonl")}`, /none\.jsonl does not exist/);
    await refused(`jsonl:${scratch.path("")}`, /Could not read/);
  });

  it("is read or refused in words, whatever is in it, 10,000 times", async () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(0, 1.5, true, "a", [1, 2], [[1], [2]]));
    const row = fc.dictionary(fc.constantFrom("x", "y", "a", "__proto__", "length"), value, { maxKeys: 3 });
    const line = fc.oneof(
      { weight: 4, arbitrary: row.map((object) => JSON.stringify(object)) },
      fc.constantFrom("", "{", "[]", "NaN", '{"a":1e999}', "\u0000"),
    );
    const same = fc.tuple(row, fc.integer({ min: 1, max: 5 })).map(([object, count]) => {
      return Array.from({ length: count }, () => JSON.stringify(object));
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.array(line, { maxLength: 5 }), same), async (all) => {
        if (await survives(`jsonl:${scratch.write("fuzz.jsonl", all.join("\n"))}`)) read += 1;
      }),
      { numRuns: 10_000, seed: 7 },
    );
    assert.ok(read > 100, `only ${read} were read`);
  });
});
