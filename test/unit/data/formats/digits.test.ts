import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digitsCacheFile } from "../../../../src/data/formats/digits.ts";
import type { Split } from "../../../../src/data/types.ts";
import { openHeld } from "../../../fixtures/formatScratch.ts";

/** Of the 27,000 pictures as drawn where this was written (Linux, x64); every other machine must agree. */
const PINNED = "b5aae9cb267a4d8c34e57837b5448b3ed69736fa860c225b5f9a1a4ca3bfa764";

const open = async () => {
  const notes: string[] = [];
  const data = await openHeld("digits", { validationSplit: 0.5, seed: 1, onProgress: (note) => notes.push(note) });
  return { data, notes };
};

describe("digits", () => {
  let folder: string;
  let outside: string | undefined;

  before(() => {
    outside = process.env["WHITTLE_CACHE"];
    folder = mkdtempSync(join(tmpdir(), "whittle-digits-"));
  });

  beforeEach(() => {
    process.env["WHITTLE_CACHE"] = folder;
  });

  after(() => {
    if (outside === undefined) delete process.env["WHITTLE_CACHE"];
    else process.env["WHITTLE_CACHE"] = outside;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is the same set on every machine, drawn once, then read from the cache", async () => {
    rmSync(join(folder, "data"), { recursive: true, force: true });
    const first = await open();
    assert.equal(first.notes.length, 1);
    const hash = createHash("sha256");
    for (const split of [first.data.train, first.data.validation, first.data.test]) hash.update(split.x as Uint8Array);
    assert.equal(hash.digest("hex"), PINNED);
    assert.equal(first.data.sha256, PINNED);
    assert.deepEqual(readdirSync(join(folder, "data")), ["digits-v1.bin"]);

    const second = await open();
    assert.deepEqual(second.notes, []);
    assert.ok(Buffer.from(second.data.train.x as Uint8Array).equals(first.data.train.x as Uint8Array));

    // Damaged in one byte, then cut: drawn again, and the cache mended.
    const file = digitsCacheFile();
    const bytes = readFileSync(file);
    bytes[5_000_000] = (bytes[5_000_000] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    assert.equal((await open()).notes.length, 1);
    truncateSync(file, 1000);
    assert.equal((await open()).notes.length, 1);
    assert.deepEqual((await open()).notes, []);
  });

  it("has 20,000 / 2,000 / 5,000 pictures of 28 × 28, all classes alike, none twice", async () => {
    const { data } = await open();
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [20_000, 2_000, 5_000]);
    assert.deepEqual(data.xShape, [28, 28, 1]);
    const seen = new Set<string>();
    for (const split of [data.train, data.validation, data.test] satisfies Split[]) {
      assert.equal(split.x.length, split.count * 784);
      const counts = new Array<number>(10).fill(0);
      for (const label of split.y) counts[label] = (counts[label] ?? 0) + 1;
      assert.deepEqual(counts, new Array<number>(10).fill(split.count / 10));
      for (let example = 0; example < split.count; example++) {
        seen.add(Buffer.from(split.x.subarray(example * 784, (example + 1) * 784)).toString("latin1"));
      }
    }
    assert.equal(seen.size, 27_000);
  });

  it("does without a cache that cannot be written, and says so", async () => {
    // A file where the folder should be: fails for every user, root too.
    const file = join(folder, "in the way");
    writeFileSync(file, "");
    process.env["WHITTLE_CACHE"] = file;
    const { data, notes } = await open();
    assert.equal(data.train.count, 20_000);
    assert.match(notes.join("\n"), /could not be kept/);
  });
});
