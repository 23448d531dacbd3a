import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { checkPages, type FlatColumn } from "../../../../src/data/formats/parquetPages.ts";
import { checkThrift } from "../../../../src/data/formats/parquetThrift.ts";
import { FormatScratch, OPTIONS, openHeld, refused, survives } from "../../../fixtures/formatScratch.ts";

/** By pyarrow: test/reference/make_parquet.py. */
interface Reference {
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  readonly files: Readonly<Record<string, string>>;
  readonly refused: Readonly<Record<string, string>>;
  readonly small: Readonly<Record<string, string>>;
}
const reference = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../reference/parquet.json"), "utf8"),
) as Reference;

describe("parquet", () => {
  const scratch = new FormatScratch();
  const specOf = (bytes: Uint8Array | string): string => `parquet:${scratch.write("x.parquet", bytes)}`;
  const fileOf = (name: string): Buffer =>
    Buffer.from(reference.files[name] ?? reference.refused[name] ?? assert.fail(name), "base64");

  for (const name of Object.keys(reference.files)) {
    it(`is the same table as JSON Lines of the same rows, as pyarrow writes it: ${name}`, async () => {
      const { columns } = reference;
      const rows = (columns["size"] ?? []).map((_, row) =>
        JSON.stringify(Object.fromEntries(Object.entries(columns).map(([key, values]) => [key, values[row]]))),
      );
      const { spec: _spec, ...asLines } = await openHeld(`jsonl:${scratch.write("x.jsonl", rows.join("\n"))}`, OPTIONS);
      const { spec: _own, ...data } = await openHeld(specOf(fileOf(name)), OPTIONS);
      assert.deepEqual(data, asLines);
    });
  }

  it("takes the column that is asked for", async () => {
    const data = await openHeld(`${specOf(fileOf("default"))}#colour`, OPTIONS);
    assert.deepEqual([data.xShape, data.classes], [[5], 3]);
    await refused(`${specOf(fileOf("default"))}#weight`, /no column "weight"/);
    await refused(`parquet:${scratch.path("none.parquet")}`, /none\.parquet does not exist/);
  });

  for (const [name, message] of [
    ["lists", /the column "x" has lists or other columns within it/],
    ["structs", /the column "x" has lists or other columns within it/],
    ["dates", /"x" in row 1 is a date/],
    ["nulls", /"x" in row 3 has no value/],
    ["nan", /"x" in row 2 has NaN, no finite number/],
    ["empty", /has no rows/],
    ["repeated", /two columns called "x"/],
    ["lz4", /its compression LZ4_RAW is not read/],
  ] as const) {
    it(`refuses ${name}, in words`, () => refused(specOf(fileOf(name)), message));
  }

  it("refuses what is no Parquet, or cut off, in words", async () => {
    await refused(specOf(""), /no Parquet file.*does not end with PAR1/);
    await refused(specOf("a,b\n1,2\n3,4\n5,6\n"), /no Parquet file.*does not end with PAR1/);
    const whole = fileOf("none");
    for (let cut = 1; cut < whole.length; cut += 7) await refused(specOf(whole.subarray(0, -cut)), /no Parquet file/);
    // Something is missing in between.
    await refused(specOf(Buffer.concat([whole.subarray(0, 4), whole.subarray(400)])), /no Parquet file/);
    const long = Buffer.from(whole);
    long.writeUInt32LE(0x7fffffff, long.length - 8);
    await refused(specOf(long), /says 2147483647 bytes of itself/);
  });

  /** A page of the first kind with a header in Thrift: numbers are told in zigzag. */
  const page = (size: number, packed: number, values: number, encoding: number, body: Uint8Array): Uint8Array => {
    const number = (value: number): number[] => {
      const bytes: number[] = [];
      let rest = value * 2;
      for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
      return [...bytes, rest];
    };
    const header = [0x15, 0, 0x15, ...number(size), 0x15, ...number(packed), 0x2c, 0x15, ...number(values)];
    return Uint8Array.from([
      ...header,
      0x15,
      ...number(encoding),
      0x15,
      ...number(3),
      0x15,
      ...number(3),
      0,
      0,
      ...body,
    ]);
  };
  const PLAIN = 0;
  const DICTIONARY = 8;
  const column: FlatColumn = { codec: "UNCOMPRESSED", type: "INT32", isOptional: false };

  it("says what a page claims before anything is allocated for it", () => {
    const one = Uint8Array.of(1, 0, 0, 0);
    const check = (bytes: Uint8Array, rows = 1) => checkPages(bytes, column, rows);
    check(page(4, 4, 1, PLAIN, one));
    assert.throws(() => check(page(4, 4, 2, PLAIN, one)), /more values than there are rows/);
    assert.throws(() => check(page(4, 5, 1, PLAIN, one)), /cut off/);
    assert.throws(() => check(page(9, 4, 1, PLAIN, one)), /has 4 bytes where it says 9/);
    assert.throws(() => check(page(2 ** 29, 4, 1, PLAIN, one)), /takes 536870912 bytes, over/);
    assert.throws(() => check(page(4, 4, 1, 7, one)), /DELTA_BYTE_ARRAY is not read/);
    // Eight bits each, and a run of one value: its length times two, then the value.
    check(page(3, 3, 5, DICTIONARY, Uint8Array.of(8, 10, 0)), 5);
    const run = Uint8Array.of(8, 0xfe, 0xff, 0xff, 0x7f, 0);
    assert.throws(() => check(page(6, 6, 5, DICTIONARY, run), 5), /repeated too often/);
    const group = Uint8Array.of(8, 0xff, 0xff, 0xff, 0x7f, 0);
    assert.throws(() => check(page(6, 6, 5, DICTIONARY, group), 5), /repeated too often/);
  });

  it("reads no lists longer than the bytes there are, nor deeper ones than any file has", () => {
    const list = 0x19;
    checkThrift(Uint8Array.of(list, 0x25, 1, 1, 0));
    assert.throws(() => checkThrift(Uint8Array.of(list, 0xf5, 0xff, 0xff, 0xff, 0x0f, 1, 0)), /cut off/);
    assert.throws(() => checkThrift(new Uint8Array(1000).fill(0x19)), /nested too deep/);
    assert.throws(() => checkThrift(new Uint8Array(1000).fill(0x1c)), /nested too deep/);
    assert.throws(() => checkThrift(Uint8Array.of(0x16, ...Array(20).fill(0xff))), /too long/);
  });

  it("is read or refused in words, whatever is broken in it, 10,000 times", async () => {
    const broken = fc.record({
      file: fc.constantFrom(...Object.values(reference.small)),
      changes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 4,
      }),
      part: fc.constantFrom<"pages" | "metadata">("pages", "metadata"),
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(broken, async ({ file, changes, part }) => {
        const bytes = Buffer.from(file, "base64");
        const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
        const [from, to] = part === "pages" ? [4, start] : [start, bytes.length];
        for (const [at, value] of changes) bytes[from + Math.floor(at * (to - from))] = value;
        if (await survives(specOf(bytes))) read += 1;
      }),
      { numRuns: 10_000, seed: 9 },
    );
    assert.ok(read > 100, `only ${read} were read`);
  });
});
