import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { openImages } from "../../../../src/data/formats/images.ts";
import { decodeInThreads } from "../../../../src/data/images/decodeInThreads.ts";
import { decodeImage, readImageHeader } from "../../../../src/data/images/imageFile.ts";
import { isStreamed, type StreamedDataSet } from "../../../../src/data/types.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { FormatScratch, OPTIONS, openHeld, refused, rowsOf } from "../../../fixtures/formatScratch.ts";

/** By Pillow: test/reference/make_images.py. */
interface Reference {
  readonly width: number;
  readonly height: number;
  readonly cases: readonly { readonly name: string; readonly file: string; readonly pixels: readonly number[] }[];
}
const { width, height, cases } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../reference/images.json"), "utf8"),
) as Reference;

const fileOf = (name: string): Buffer => Buffer.from(cases.find((each) => each.name === name)?.file ?? "", "base64");

const chunk = (type: string, data: Uint8Array): Buffer => {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, "latin1");
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), 8 + data.length);
  return whole;
};

/** One gray byte a pixel, each `value`. */
const png = (value: number, side = 2, interlace = 0, data = Buffer.alloc(side * (side + 1), value)): Buffer => {
  for (let row = 0; row < side && data.length === side * (side + 1); row++) data[row * (side + 1)] = 0;
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, interlace]);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  const start = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([start, chunk("IHDR", header), chunk("IDAT", deflateSync(data)), chunk("IEND", Buffer.of())]);
};

describe("images", () => {
  const scratch = new FormatScratch();
  const folder = (name: string, files: Readonly<Record<string, Uint8Array | string>>): string => {
    mkdirSync(scratch.path(name), { recursive: true });
    for (const [file, bytes] of Object.entries(files)) scratch.write(join(name, file), bytes);
    return `images:${scratch.path(name)}`;
  };
  /** Files `CLASS/0.png` … of one value each. */
  const classFiles = (prefix: string, counts: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      Object.entries(counts).flatMap(([name, count], id) =>
        Array.from({ length: count }, (_, at) => [`${prefix}${name}/${at}.png`, png(10 * id + at)]),
      ),
    );

  for (const { name, file, pixels } of cases) {
    it(`has the pixels that Pillow reads from ${name}`, () => {
      const bytes = Buffer.from(file, "base64");
      const isGray = pixels.every((value, at) => value === pixels[at - (at % 3)]);
      assert.deepEqual(readImageHeader(name, bytes), {
        type: name.endsWith("png") ? "PNG" : "JPEG",
        width,
        height,
        isGray,
      });
      const found = new Uint8Array(pixels.length + 2).fill(77);
      decodeImage(name, bytes, 3, { into: found, at: 1 });
      assert.deepEqual([found[0], found.at(-1)], [77, 77], "nothing else is written");
      // Decoders of JPEG round the cosine transform each in its own way.
      const tolerance = name.endsWith("jpg") ? 2 : 0;
      for (const [at, value] of pixels.entries()) {
        assert.ok(Math.abs((found[at + 1] ?? -9) - value) <= tolerance, `${at}: ${found[at + 1]}, ${value} by Pillow`);
      }
      if (!isGray) return;
      const gray = new Uint8Array(width * height);
      decodeImage(name, bytes, 1, { into: gray, at: 0 });
      assert.deepEqual(
        gray,
        found.slice(1, -1).filter((_, at) => at % 3 === 0),
      );
    });
  }

  it("numbers classes in the order of their names, and cuts splits where there are none", async () => {
    const spec = folder("plain", {
      ...classFiles("", { cat: 4, apple: 4 }),
      "cat/notes.txt": "no image",
      "cat/.hidden.png": "no image either",
      ".cache/x/y.png": "not seen",
    });
    const data = await openHeld(spec, OPTIONS);
    assert.deepEqual([data.xShape, data.yShape, data.classes, data.scale], [[2, 2, 1], [], 2, 1 / 255]);
    assert.deepEqual(data.classNames, ["apple", "cat"]);
    const rows = [data.train, data.validation, data.test].flatMap((split) => rowsOf(data, split));
    // `cat` was given first: its values begin at 0, those of `apple` at 10.
    assert.deepEqual(
      rows.map(({ x, y }) => ({ x, y })).sort((a, b) => (a.x[0] ?? 0) - (b.x[0] ?? 0)),
      [0, 1, 2, 3, 10, 11, 12, 13].map((value) => ({ x: Array(4).fill(value), y: value < 10 ? 1 : 0 })),
    );
    assert.deepEqual(await openHeld(spec, OPTIONS), data);
  });

  it("takes splits as they are, in the order of classes and names", async () => {
    const data = await openHeld(
      folder("splits", {
        ...classFiles("train/", { a: 2, train: 3 }),
        ...classFiles("val/", { a: 1 }),
        ...classFiles("test/", { a: 1, train: 1 }),
      }),
      OPTIONS,
    );
    assert.deepEqual(
      [data.train, data.validation, data.test].map((split) => rowsOf(data, split).map(({ x, y }) => [x[0], y])),
      [
        [
          [0, 0],
          [1, 0],
          [10, 1],
          [11, 1],
          [12, 1],
        ],
        [[0, 0]],
        [
          [0, 0],
          [10, 1],
        ],
      ],
    );
  });

  it("has three channels as soon as one image is coloured, told by content and not by name", async () => {
    const gray = fileOf("gray.png");
    const one = folder("mixed", {
      "a/0.png": gray,
      "a/1.JPEG": gray,
      "b/0.png": fileOf("gray.jpg"),
      "b/1.png": gray,
    });
    assert.deepEqual((await openHeld(one, OPTIONS)).xShape, [height, width, 1]);
    const data = await openHeld(folder("mixed", { "b/1.png": fileOf("palette.png") }), OPTIONS);
    assert.deepEqual(data.xShape, [height, width, 3]);
  });

  it("follows links within the folder, and refuses those that lead out of it", async () => {
    const spec = folder("links", classFiles("", { a: 3 }));
    symlinkSync(scratch.path("links/a"), scratch.path("links/b"));
    symlinkSync("../a/0.png", scratch.path("links/a/9.png"));
    assert.equal((await openHeld(spec, OPTIONS)).classes, 2);
    scratch.write("outside/a.png", png(1));
    for (const [link, target] of [
      ["a/out.png", scratch.path("outside/a.png")],
      ["c", "../outside"],
      ["d", "../../"],
    ] as const) {
      const name = `links-${link.replace("/", "-")}`;
      const own = folder(name, classFiles("", { a: 4 }));
      symlinkSync(target, scratch.path(join(name, link)));
      await refused(own, /is a link to .*, outside of/);
    }
    symlinkSync("nowhere", scratch.path("links/a/broken.png"));
    await refused(spec, /Could not read .*broken\.png/);
  });

  it("names both files of different sizes", async () => {
    const spec = folder("sizes", { ...classFiles("", { a: 3 }), "b/0.png": png(1, 3) });
    await refused(spec, /b\/0\.png has 3 × 3 pixels, but .*a\/0\.png 2 × 2/);
  });

  describe("that are too many for memory", () => {
    /** No image fits beside another. */
    const MOST = 4;
    const open = async (spec: string, seed = 0) => {
      const data = await openImages(spec.slice("images:".length), { ...OPTIONS, seed }, MOST);
      assert.ok(isStreamed(data));
      return data;
    };
    const splits = (counts: Readonly<Record<string, number>>) => ({
      ...classFiles("train/", counts),
      ...classFiles("val/", { a: 1 }),
      ...classFiles("test/", { a: 1 }),
    });
    const examplesOf = async (data: StreamedDataSet, epoch: number, skip = 0) => {
      const examples: (number | undefined)[][] = [];
      for await (const { x, y } of data.train.start(epoch, skip)) {
        assert.deepEqual([x.length, new Set(x).size], [4, 1]);
        examples.push([x[0], y[0]]);
      }
      return examples;
    };

    it("come from their files in each epoch, each once, in an order that seed and epoch give", async () => {
      const spec = folder("stream", splits({ a: 6, b: 5 }));
      const data = await open(spec);
      assert.deepEqual([data.train.count, data.validation.count, data.test.count, data.classes], [11, 1, 1, 2]);
      assert.deepEqual(data.xShape, [2, 2, 1]);
      const [first, second] = [await examplesOf(data, 0), await examplesOf(data, 1)];
      const all = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14].map((value) => [value, value < 10 ? 0 : 1]);
      const sorted = (examples: (number | undefined)[][]) => examples.toSorted(([a = 0], [b = 0]) => a - b);
      assert.deepEqual([sorted(first), sorted(second)], [all, all]);
      assert.notDeepEqual(first, second);
      assert.deepEqual(await examplesOf(await open(spec), 0), first);
      assert.notDeepEqual(await examplesOf(await open(spec, 1), 0), first);
      assert.deepEqual(await examplesOf(data, 1, 7), second.slice(7));
      assert.deepEqual(await examplesOf(data, 1, 11), []);
    });

    it("are the same data under every seed, and others where a file is", async () => {
      const files = classFiles("", { a: 6, b: 6 });
      const spec = folder("hashed", files);
      const opened = async (seed: number) =>
        (await openImages(scratch.path("hashed"), { ...OPTIONS, seed }, 12)).sha256;
      const before = await opened(0);
      assert.equal(await opened(1), before);
      folder("hashed", { "b/5.png": png(99) });
      assert.notEqual(await opened(0), before);
      assert.ok(spec.endsWith("hashed"));
    });

    it("keep their order over threads and tasks", async () => {
      const side = 512;
      const files = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`${at}.png`, png(at, side)]));
      folder("tasks", files);
      const paths = Object.keys(files).map((name) => scratch.path(join("tasks", name)));
      const values: (number | undefined)[] = [];
      for await (const pixels of decodeInThreads(paths, { height: side, width: side, channels: 1 })) {
        values.push(pixels[0], pixels.at(-1));
      }
      assert.deepEqual(
        values,
        Object.keys(files).flatMap((_, at) => [at, at]),
      );
    });

    it("are refused by name when their turn comes, cut off or of another size than before", async () => {
      const refusedAt = async (data: StreamedDataSet, message: RegExp) => {
        await assert.rejects(
          examplesOf(data, 0),
          (error) => error instanceof WhittleError && message.test(error.message),
        );
      };
      const cut = await open(folder("cut", { ...splits({ a: 3 }), "train/a/1.png": png(1, 2, 0, Buffer.of(0, 1)) }));
      await refusedAt(cut, /1\.png is no PNG that can be read.*lacks pixels/);
      const changed = await open(folder("changed", splits({ a: 3 })));
      folder("changed", { "train/a/2.png": png(1, 3) });
      await refusedAt(changed, /2\.png has 3 × 3 pixels, where it had 2 × 2 before/);
    });

    it("need validation and test splits that do fit, which is said before any is decoded", async () => {
      const spec = folder("large splits", {
        ...splits({ a: 3 }),
        ...classFiles("val/", { a: 2 }),
      });
      await assert.rejects(open(spec), (error) => {
        assert.ok(error instanceof WhittleError);
        assert.match(error.message, /The 2 validation images of .*, 2 × 2 with 1 channels, take over 4 bytes/);
        assert.match(error.remedy, /fewer in a folder validation beside the folder train/);
        return true;
      });
    });
  });

  for (const [what, files, message] of [
    ["nothing", {}, /has no folders of classes/],
    ["images without classes", { "0.png": png(1) }, /has no folders of classes/],
    ["images beside classes", { "a/0.png": png(1), "0.png": png(1) }, /0\.png lies beside the folders of classes/],
    ["classes without images", { "a/notes.txt": "" }, /has no images/],
    ["folders in classes", { "a/b/0.png": png(1) }, /b is a folder within that of a class/],
    ["what is no split", { ...classFiles("train/", { a: 4 }), "extra/a/0.png": png(1) }, /extra lies beside .*train/],
    [
      "a split that comes twice",
      { ...classFiles("train/", { a: 4 }), "val/a/0.png": "", "valid/a/0.png": "" },
      /same split/,
    ],
    ["a class that is not trained", { ...classFiles("train/", { a: 4 }), "test/b/0.png": png(1) }, /without training/],
    ["other images", { "a/0.webp": "" }, /0\.webp is neither PNG nor JPEG/],
    ["no image", { "a/0.png": "text" }, /0\.png is neither PNG nor JPEG/],
    ["an empty file", { "a/0.png": "" }, /0\.png is empty/],
    [
      "a cut PNG",
      { "a/0.png": fileOf("colour.png").subarray(0, -20) },
      /0\.png is no PNG that can be read, or cut off/,
    ],
    [
      "a cut JPEG",
      { "a/0.jpg": fileOf("colour.jpg").subarray(0, -60) },
      /0\.jpg is no JPEG that can be read, or cut off/,
    ],
    ["too few pixels", { "a/0.png": png(1, 2, 0, Buffer.of(0, 1)) }, /0\.png is no PNG that can be read.*lacks pixels/],
    [
      "what says that it is huge",
      { "a/0.png": png(1, 60_000, 0, Buffer.of(0)) },
      /60000 × 60000 pixels, over 16777216/,
    ],
    ["what has no pixels", { "a/0.png": png(1, 0) }, /0\.png says that it has no pixels/],
    [
      "pixels that unpack to much more",
      { "a/0.png": png(1, 2, 1, Buffer.alloc(2 ** 24)) },
      /0\.png is no PNG that can be read.*larger than/,
    ],
  ] as const) {
    it(`refuses ${what}, in words`, () => refused(folder(`bad ${what}`, files), message));
  }

  it("names a folder that does not exist, or is none", async () => {
    await refused(`images:${scratch.path("none")}`, /none does not exist/);
    await refused(`images:${scratch.write("file", "")}`, /file is a file/);
  });

  it("has pixels or is refused in words, whatever is broken in a file, 10,000 times", () => {
    const broken = fc.record({
      file: fc.constantFrom(...cases).map(({ file }) => Buffer.from(file, "base64")),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      isCut: fc.boolean(),
      changes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 4 }),
      isSummed: fc.boolean(),
    });
    let read = 0;
    fc.assert(
      fc.property(broken, ({ file, cut, isCut, changes, isSummed }) => {
        const bytes = Buffer.from(isCut ? file.subarray(0, cut * file.length) : file);
        for (const [at, value] of changes) bytes[Math.floor(at * bytes.length)] = value;
        if (isSummed) sumAnew(bytes);
        try {
          const header = readImageHeader("x.png", bytes);
          decodeImage("x.png", bytes, 3, { into: new Uint8Array(3 * header.height * header.width), at: 0 });
          read += 1;
        } catch (error) {
          assert.ok(error instanceof WhittleError, error instanceof Error ? error.stack : String(error));
        }
      }),
      { numRuns: 10_000, seed: 8 },
    );
    assert.ok(read > 100, `only ${read} were read`);
  });
});

/** Checksums of a PNG's chunks that fit what is in them, so that what is wrong is seen later. */
function sumAnew(bytes: Buffer): void {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) return;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end - 4)), end - 4);
    at = end;
  }
}
