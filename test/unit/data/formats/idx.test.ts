import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openIdx } from "../../../../src/data/formats/idx.ts";
import { checkDataSpec } from "../../../../src/data/open.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { openHeld } from "../../../fixtures/formatScratch.ts";

const NAMES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

function idx(lengths: readonly number[], values: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * lengths.length);
  header.writeUInt32BE(0x0800 + lengths.length, 0);
  lengths.forEach((length, index) => {
    header.writeUInt32BE(length, 4 + 4 * index);
  });
  return Buffer.concat([header, Uint8Array.from(values)]);
}

/** `count` images of 2 × 3 whose values all are the number of the example. */
const images = (count: number) =>
  idx(
    [count, 2, 3],
    Array.from({ length: count * 6 }, (_, index) => Math.floor(index / 6)),
  );
const labels = (count: number) =>
  idx(
    [count],
    Array.from({ length: count }, (_, i) => i % 3),
  );

describe("idx", () => {
  let folder: string;

  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  const open = (seed = 0, validationSplit = 0.25) => openIdx(folder, { seed, validationSplit });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-idx-"));
    write(NAMES.trainImages, images(20));
    write(NAMES.trainLabels, labels(20));
    write(NAMES.testImages, images(4));
    write(NAMES.testLabels, labels(4));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads images and labels and splits by seed", () => {
    const data = open();
    assert.deepEqual(data.xShape, [2, 3, 1]);
    assert.equal(data.classes, 3);
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [15, 5, 4]);
    const ids: number[] = [];
    for (const split of [data.train, data.validation]) {
      for (let example = 0; example < split.count; example++) {
        const values = [...split.x.subarray(example * 6, example * 6 + 6)];
        assert.equal(new Set(values).size, 1, "an image stays whole");
        assert.equal(split.y[example], (values[0] ?? 0) % 3, "a label stays with its image");
        ids.push(values[0] ?? -1);
      }
    }
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, index) => index),
    );
    assert.deepEqual([...data.test.y], [0, 1, 2, 0]);
    assert.deepEqual(open().validation, data.validation);
    assert.notDeepEqual(open(1).validation, data.validation);
  });

  it("reads gzip by content and names with dots, with the same checksum", () => {
    const plain = open().sha256;
    rmSync(join(folder, NAMES.trainImages));
    write("train-images.idx3-ubyte", gzipSync(images(20)));
    rmSync(join(folder, NAMES.testLabels));
    write("t10k-labels-idx1-ubyte.gz", gzipSync(labels(4)));
    assert.equal(open().sha256, plain);
    write(NAMES.testLabels, idx([4], [0, 1, 2, 1]));
    assert.notEqual(open().sha256, plain);
  });

  /** One clear error that names the file and what was found, with a remedy. */
  const rejects = (...patterns: RegExp[]) => {
    assert.throws(open, (error) => {
      assert.ok(error instanceof WhittleError, String(error));
      for (const pattern of patterns) assert.match(error.message, pattern);
      assert.ok(error.remedy.length > 10);
      return true;
    });
  };

  it("names a missing folder, a file in its place, and a missing file", () => {
    rmSync(join(folder, NAMES.testLabels));
    rejects(/t10k-labels-idx1-ubyte/);
    rmSync(folder, { recursive: true });
    rejects(/does not exist/, /whittle-idx-/);
    writeFileSync(folder, "");
    rejects(/is a file/);
  });

  it("names truncated and overlong files with both sizes", () => {
    write(NAMES.trainImages, images(20).subarray(0, 100));
    rejects(/train-images-idx3-ubyte is truncated/, /20 × 2 × 3 = 120 values, found 84/);
    write(NAMES.trainImages, images(20).subarray(0, 9));
    rejects(/truncated: 9 bytes/);
    write(NAMES.trainImages, Buffer.concat([images(20), Buffer.of(1)]));
    rejects(/beyond its end/, /found 121/);
    write(NAMES.trainImages, new Uint8Array());
    rejects(/train-images-idx3-ubyte is empty/);
  });

  it("names gzip that is cut or damaged", () => {
    const whole = gzipSync(images(20));
    write(NAMES.trainImages, whole.subarray(0, whole.length - 12));
    rejects(/train-images-idx3-ubyte is gzip, but cut off or damaged/);
    whole[whole.length - 6] = (whole[whole.length - 6] ?? 0) ^ 0xff;
    write(NAMES.trainImages, whole);
    rejects(/cut off or damaged/);
  });

  it("names a wrong magic number, with both", () => {
    write(NAMES.trainImages, labels(20));
    rejects(/0x00000801/, /0x00000803/);
  });

  it("names counts and sizes that differ", () => {
    write(NAMES.trainLabels, labels(19));
    rejects(/20 images/, /19 labels/);
    write(NAMES.trainLabels, labels(20));
    write(NAMES.testImages, idx([4, 3, 2], new Uint8Array(24)));
    rejects(/2 × 3/, /3 × 2/);
  });

  it("names labels out of range and where they stand", () => {
    const values = Array.from({ length: 20 }, (_, i) => i % 3);
    values[13] = 200;
    write(NAMES.trainLabels, idx([20], values));
    rejects(/train-labels-idx1-ubyte: label 200 of example 13/);
    write(NAMES.trainLabels, labels(20));
    write(NAMES.testLabels, idx([4], [0, 1, 3, 2]));
    rejects(/t10k-labels-idx1-ubyte: label 3 of example 2/, /0 to 2/);
  });

  it("names files without examples", () => {
    write(NAMES.testImages, idx([0, 2, 3], []));
    write(NAMES.testLabels, idx([0], []));
    rejects(/t10k-images-idx3-ubyte is empty/);
  });

  it("is reached by its spec", async () => {
    mkdirSync(join(folder, "more"));
    const data = await openHeld(`idx:${folder}`, { validationSplit: 0.25, seed: 0 });
    assert.equal(data.sha256, open().sha256);
  });
});

describe("data specs", () => {
  it("accepts what is known and reads nothing", () => {
    checkDataSpec("digits");
    checkDataSpec("idx:/there/is/no/such/folder");
    checkDataSpec("idx:C:\\data");
  });

  for (const [spec, pattern] of [
    ["digit", /Did you mean digits/],
    ["idx", /idx:DIR/],
    ["idx:", /idx:DIR/],
    ["digits:5", /Write digits/],
    ["", /Known: digits, phrases, idx:DIR/],
  ] as const) {
    it(`rejects "${spec}"`, () => {
      assert.throws(
        () => checkDataSpec(spec),
        (error) => error instanceof WhittleError && error.kind === "usage" && pattern.test(error.remedy),
      );
    });
  }
});
