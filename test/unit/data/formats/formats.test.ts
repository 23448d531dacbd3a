import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { zipSync } from "fflate";
import { readNpy } from "../../../../src/data/formats/npy.ts";
import { FormatScratch, OPTIONS, openHeld, refused, rowsOf, survives } from "../../../fixtures/formatScratch.ts";

/** Made by NumPy 2: x_train bytes 0, 1, 2, … as 12 × 2 × 3, y_train 0, 1, 2, 0, …; three test examples of sevens. */
const KERAS = resolve(import.meta.dirname, "../../../fixtures/data/keras.npz");

interface Saved {
  readonly shape: number[];
  readonly values: number[];
  readonly saved: string;
}

const NUMPY = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../reference/npy.json"), "utf8")) as {
  readonly fortran: Saved;
  readonly half: Saved;
};

describe("formats of data sets", () => {
  const scratch = new FormatScratch();
  const write = scratch.write.bind(scratch);

  describe("cifar10", () => {
    /** Red is 10 · example, green one more, blue the number of the pixel. */
    const batch = (first: number, count: number) =>
      Buffer.concat(
        Array.from({ length: count }, (_, at) =>
          Buffer.concat([
            Buffer.of((first + at) % 10),
            Buffer.alloc(1024, 10 * (first + at)),
            Buffer.alloc(1024, 10 * (first + at) + 1),
            Uint8Array.from({ length: 1024 }, (__, pixel) => pixel % 256),
          ]),
        ),
      );
    const makeFolder = (name: string, files: Readonly<Record<string, Uint8Array>>): string => {
      mkdirSync(scratch.path(name));
      for (const [file, bytes] of Object.entries(files)) write(join(name, file), bytes);
      return `cifar10:${scratch.path(name)}`;
    };

    it("puts the channels last, and reads all batches, plain or gzip", async () => {
      const files = {
        "data_batch_1.bin": batch(0, 5),
        "data_batch_2.bin.gz": gzipSync(batch(5, 5)),
        "test_batch.bin": batch(10, 2),
      };
      const data = await openHeld(makeFolder("whole", files), OPTIONS);
      assert.deepEqual([data.xShape, data.classes, data.scale], [[32, 32, 3], 10, 1 / 255]);
      assert.deepEqual([data.train.count, data.validation.count, data.test.count], [7, 3, 2]);
      for (const { x, y } of [...rowsOf(data, data.train), ...rowsOf(data, data.validation)]) {
        assert.equal(x[0], 10 * (y ?? 0));
        assert.deepEqual(x.slice(3 * 300, 3 * 300 + 3), [10 * (y ?? 0), 10 * (y ?? 0) + 1, 300 % 256]);
      }
      assert.deepEqual([...data.test.y], [0, 1]);
    });

    it("names what is missing, cut or no class", async () => {
      await refused(`cifar10:${scratch.path("none")}`, /none does not exist/);
      await refused(makeFolder("empty", {}), /No file data_batch_1\.bin/);
      const whole = batch(0, 4);
      await refused(makeFolder("noTest", { "data_batch_1.bin": whole }), /No file test_batch\.bin/);
      await refused(
        makeFolder("cut", { "data_batch_1.bin": whole.subarray(1), "test_batch.bin": whole }),
        /data_batch_1\.bin has 12291 bytes, which is no whole number of records of 3073/,
      );
      const wrong = batch(0, 4);
      wrong[3073] = 77;
      await refused(
        makeFolder("wrong", { "data_batch_1.bin": wrong, "test_batch.bin": whole }),
        /label 77 of record 1 is out of range/,
      );
    });
  });

  describe("cifar100", () => {
    const record = (coarse: number, fine: number) =>
      Buffer.concat([Buffer.of(coarse, fine), ...[1, 2, 3].map((channel) => Buffer.alloc(1024, fine + channel))]);
    const folder = scratch.path.bind(scratch);
    const writeFolder = (name: string, files: Readonly<Record<string, Uint8Array | string>>): string => {
      mkdirSync(folder(name), { recursive: true });
      for (const [file, bytes] of Object.entries(files)) write(join(name, file), bytes);
      return `cifar100:${folder(name)}`;
    };
    const records = (count: number) =>
      Buffer.concat(Array.from({ length: count }, (_, at) => record(at % 20, 90 + at)));

    it("has the fine classes, by their names where those are there", async () => {
      const files = { "train.bin": gzipSync(records(10)), "test.bin": records(3) };
      const data = await openHeld(writeFolder("hundred", files), OPTIONS);
      assert.deepEqual([data.classes, data.classNames, data.test.count], [100, undefined, 3]);
      assert.deepEqual([...data.test.y], [90, 91, 92]);
      assert.deepEqual([...data.test.x.subarray(0, 3)], [91, 92, 93]);
      const names = Array.from({ length: 100 }, (_, id) => `kind ${id}`);
      const named = { ...files, "fine_label_names.txt": `${names.join("\r\n")}\n\n` };
      assert.deepEqual((await openHeld(writeFolder("named", named), OPTIONS)).classNames, names);
      const others = { ...files, "fine_label_names.txt": "apple\n" };
      assert.equal((await openHeld(writeFolder("others", others), OPTIONS)).classNames, undefined);
    });

    it("says which files it wants, and is not taken for CIFAR-10", async () => {
      await refused(writeFolder("tenOnly", { "data_batch_1.bin": records(1) }), /No file train\.bin/);
      const files = { "train.bin": Buffer.alloc(3073), "test.bin": records(1) };
      await refused(writeFolder("ten", files), /train\.bin has 3073 bytes, .* records of 3074/);
    });

    it("is read or refused in words, whatever is broken in it, 10,000 times", async () => {
      const whole = records(2);
      const spec = writeFolder("broken", { "test.bin": records(3) });
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(0, 1, 3073, 3074, 6148),
          fc.array(fc.tuple(fc.nat(5), fc.nat(255)), { maxLength: 4 }),
          async (length, changes) => {
            const bytes = Buffer.from(whole.subarray(0, length));
            for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
            write("broken/train.bin", bytes);
            await survives(spec);
          },
        ),
        { numRuns: 10_000, seed: 8 },
      );
    });
  });

  describe("npz", () => {
    it("reads what NumPy writes", async () => {
      const data = await openHeld(`npz:${KERAS}`, OPTIONS);
      assert.deepEqual([data.xShape, data.yShape, data.classes, data.scale], [[2, 3], [], 3, 1 / 255]);
      assert.deepEqual([data.train.count, data.validation.count, data.test.count], [9, 3, 3]);
      const all = [...rowsOf(data, data.train), ...rowsOf(data, data.validation)];
      for (const { x, y } of all) {
        const example = (x[0] ?? 0) / 6;
        assert.deepEqual(
          x,
          [0, 1, 2, 3, 4, 5].map((at) => 6 * example + at),
        );
        assert.equal(y, example % 3);
      }
      assert.deepEqual(
        rowsOf(data, data.test),
        [0, 1, 2].map((y) => ({ x: Array(6).fill(7), y })),
      );
    });

    const npy = (descr: string, shape: string, values: Uint8Array, order = "False") => {
      const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }\n`;
      const start = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
      start.writeUInt16LE(header.length, 8);
      return Buffer.concat([start, Buffer.from(header), values]);
    };

    it("reads every type of numbers, in either order of bytes", () => {
      const view = new DataView(new ArrayBuffer(8));
      for (const [type, set, value] of [
        ["<i2", () => view.setInt16(0, -300, true), -300],
        [">i2", () => view.setInt16(0, -300, false), -300],
        ["<u2", () => view.setUint16(0, 60000, true), 60000],
        ["<i4", () => view.setInt32(0, -70000, true), -70000],
        [">u4", () => view.setUint32(0, 70000, false), 70000],
        ["<i8", () => view.setBigInt64(0, -5n, true), -5],
        ["<u8", () => view.setBigUint64(0, 5n, true), 5],
        ["<f4", () => view.setFloat32(0, 0.5, true), 0.5],
        [">f8", () => view.setFloat64(0, -0.25, false), -0.25],
        ["|b1", () => view.setUint8(0, 1), 1],
        ["|i1", () => view.setInt8(0, -3), -3],
      ] as const) {
        set();
        const bytes = new Uint8Array(view.buffer.slice(0, Number(type.slice(-1))));
        assert.deepEqual([...readNpy(npy(type, "1,", bytes), "x").values], [value], type);
        assert.deepEqual(readNpy(npy(type, "", bytes), "x").shape, []);
      }
    });

    it("reads 16-bit floats, and Fortran's order, as NumPy writes them", () => {
      const { half, fortran } = NUMPY;
      for (const { shape, values, saved } of [half, fortran]) {
        const read = readNpy(Buffer.from(saved, "hex"), "x");
        assert.deepEqual([read.shape, [...read.values]], [shape, values.map(Math.fround)]);
      }
    });

    it("refuses other types, and files that are cut, in words", () => {
      const one = Buffer.alloc(8);
      for (const [bytes, message] of [
        [npy("<U3", "1,", one), /type that is no plain number/],
        [npy("|O8", "1,", one), /type that is no plain number/],
        [npy("<f4", "3,", one), /truncated: its header says 3 of 4 bytes, found 8/],
        [npy("<f4", "1,", one), /longer than it says/],
        [npy("<f4", "2,", one).subarray(0, 20), /truncated within its header/],
        [Buffer.from("no array"), /no NPY array/],
      ] as const) {
        assert.throws(() => readNpy(bytes, "x"), message);
      }
    });

    const zipped = (arrays: Readonly<Record<string, Uint8Array>>) =>
      zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])));

    it("has weights where the file has them", async () => {
      const [x, y] = [npy("|u1", "4, 1", Buffer.of(1, 2, 3, 4)), npy("|u1", "4,", Buffer.of(0, 1, 0, 1))];
      const file = write("weights.npz", zipped({ x, y, w: npy("|u1", "4,", Buffer.of(10, 20, 30, 40)) }));
      const { train, validation, test } = await openHeld(`npz:${file}`, OPTIONS);
      for (const split of [train, validation, test])
        assert.deepEqual(
          [...(split.w ?? [])],
          [...split.x].map((one) => one * 10),
        );
    });

    it("tells which arrays are wanted", async () => {
      await refused(
        `npz:${write("other.npz", zipped({ a: npy("|u1", "1,", Buffer.of(1)) }))}`,
        /neither x_train.*it has a/,
      );
      await refused(
        `npz:${write("alone.npz", zipped({ x_train: npy("|u1", "1,", Buffer.of(1)) }))}`,
        /has x_train without y_train/,
      );
      await refused(`npz:${write("text.npz", "no zip at all")}`, /no NPZ file/);
    });

    it("is read or refused in words, whatever is broken in it, 10,000 times", async () => {
      const whole = readFileSync(KERAS);
      const broken = fc.record({
        cut: fc.integer({ min: 0, max: whole.length }),
        changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(broken, fc.boolean(), async ({ cut, changes }, isCut) => {
          const bytes = Uint8Array.from(isCut ? whole.subarray(0, cut) : whole);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          await survives(`npz:${write("broken.npz", bytes)}`);
        }),
        { numRuns: 10_000, seed: 5 },
      );
    });

    it("does not unpack what says that it is huge", async () => {
      const bomb = zipSync({ "x_train.npy": new Uint8Array(100) });
      // The size that the directory at the end of the file tells, and the one before the contents.
      for (let at = 0; at < bomb.length - 4; at++) {
        const view = new DataView(bomb.buffer, bomb.byteOffset);
        if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0xfffffff0, true);
      }
      await refused(`npz:${write("bomb.npz", bomb)}`, /take more than/);
    });
  });

  describe("csv", () => {
    const TABLE = "size,colour,label\n1,red,cat\n2,blue,dog\n3,red,cat\n4,green,dog\n5,red,bird\n6,blue,cat\n";

    it("makes columns of categories, standardizes numbers by the training examples, and names classes in order", async () => {
      const data = await openHeld(`csv:${write("pets.csv", TABLE)}`, OPTIONS);
      // One number, and blue, green, red.
      assert.deepEqual([data.xShape, data.yShape, data.classes], [[4], [], 3]);
      assert.deepEqual(data.classNames, ["bird", "cat", "dog"]);
      assert.deepEqual([data.train.count, data.validation.count, data.test.count], [4, 1, 1]);
      const sizes = rowsOf(data, data.train).map(({ x }) => x[0] ?? Number.NaN);
      const mean = sizes.reduce((sum, value) => sum + value, 0) / 4;
      const variance = sizes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
      assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5);
      for (const { x } of rowsOf(data, data.train)) assert.deepEqual(x.slice(1).sort(), [0, 0, 1]);
    });

    it("takes the column that is asked for, tabs, quotes, and values where the loss compares values", async () => {
      const file = write("houses.tsv", '﻿"price, in k"\tarea\n1.5\t10\n2.5\t20\n3\t30\n4\t40\n5\t50\n');
      const data = await openHeld(`csv:${file}#price, in k`, OPTIONS);
      assert.deepEqual([data.xShape, data.yShape, data.classes], [[1], [1], undefined]);
      const whole = write("whole.csv", "a,b\n1,2\n2,4\n3,6\n4,8\n");
      assert.equal((await openHeld(`csv:${whole}`, OPTIONS)).classes, 9);
      assert.equal((await openHeld(`csv:${whole}`, { ...OPTIONS, wantsValues: true })).classes, undefined);
      const prices = write("prices.csv", "a,b\n1,250000\n2,1\n3,2\n4,3\n");
      assert.equal((await openHeld(`csv:${prices}`, OPTIONS)).classes, undefined);
    });

    for (const [what, text, message] of [
      ["no rows", "a,b\n", /no rows/],
      ["ragged rows", "a,b\n1,2\n3\n", /no table/],
      ["two columns of one name", "a,a,b\n1,2,3\n", /two columns called "a"/],
      ["a gap", "a,b\n1,2\n,3\n4,5\n6,7\n", /column "a" has no value in row 2/],
      ["no features", "label\n1\n2\n3\n", /no column beside "label"/],
      ["an open quote", 'a,b\n"1,2\n', /no table/],
    ] as const) {
      it(`refuses ${what}, in words`, () => refused(`csv:${write("bad.csv", text)}`, message));
    }

    it("names the columns there are", async () => {
      await refused(`csv:${write("pets.csv", TABLE)}#weight`, /no column "weight"/);
      await refused(`csv:${scratch.path("none.csv")}`, /none\.csv does not exist/);
    });

    it("is read or refused in words, whatever is in it, 10,000 times", async () => {
      const piece = fc.oneof(
        fc.constantFrom(",", "\n", '"', "\t", "\r\n", "label", "1", "2.5", "-3", "", "a b"),
        fc.string({ maxLength: 3 }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
          await survives(`csv:${write("fuzz.csv", pieces.join(""))}`);
        }),
        { numRuns: 10_000, seed: 6 },
      );
    });
  });
});
