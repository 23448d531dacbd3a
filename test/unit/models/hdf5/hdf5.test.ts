import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ContentError, type Hdf5Group, MESSAGE } from "../../../../src/models/hdf5/contents.ts";
import { readHdf5 } from "../../../../src/models/hdf5/readHdf5.ts";
import { writeHdf5 } from "../../../../src/models/hdf5/writeHdf5.ts";

const REFERENCE = join(import.meta.dirname, "../../../reference/hdf5");
const EMPTY: Hdf5Group = { attributes: new Map(), groups: new Map(), arrays: new Map() };
const numbers = (...values: readonly number[]) => ({ shape: [values.length], values: Float32Array.from(values) });

describe("HDF5", () => {
  it("reads what h5py wrote: numbers of every kind, texts of both forms, large groups", () => {
    const { groups, arrays, attributes } = readHdf5(readFileSync(join(REFERENCE, "kinds.h5")));
    const wanted = JSON.parse(readFileSync(join(REFERENCE, "kinds.json"), "utf8"));
    const got = [...arrays].map(([name, { shape, values }]) => [name, { shape, values: [...values] }]);
    assert.deepEqual(Object.fromEntries(got), wanted.arrays);
    assert.deepEqual(Object.fromEntries(attributes), wanted.attributes);
    const many = [...(groups.get("many")?.arrays ?? [])].map(([name, { values }]) => [name, values[0]]);
    assert.deepEqual(Object.fromEntries(many), wanted.many);
  });

  it("reads what it wrote, however much", () => {
    const many = Array.from(
      { length: 3000 },
      (_, at) => [`g${at}`, { ...EMPTY, arrays: new Map([["0", numbers(at)]]) }] as const,
    );
    const root: Hdf5Group = {
      attributes: new Map<string, string | string[]>([
        ["long", "ä".repeat(100_000)],
        ["none", ""],
        ["two", ["a", "a"]],
      ]),
      groups: new Map(many),
      arrays: new Map([
        ["one", { shape: [], values: Float32Array.of(-0.5) }],
        ["none", { shape: [0, 3], values: new Float32Array() }],
        ["cube", { shape: [2, 1, 2], values: Float32Array.of(1, NaN, Infinity, 1e-40) }],
      ]),
    };
    const read = readHdf5(writeHdf5(root));
    assert.deepEqual(read.attributes, root.attributes);
    assert.deepEqual(read.arrays.get("cube"), root.arrays.get("cube"));
    assert.deepEqual(read.arrays.get("one"), root.arrays.get("one"));
    assert.deepEqual(read.arrays.get("none"), root.arrays.get("none"));
    assert.equal(read.groups.size, 3000);
    for (const [name, { arrays }] of many) assert.deepEqual(read.groups.get(name)?.arrays, arrays);
  });

  it("splits a list that is too long for an attribute, as Keras does", () => {
    const names = Array.from({ length: 4500 }, (_, at) => `layer_${at}`);
    const { attributes } = readHdf5(writeHdf5({ ...EMPTY, attributes: new Map([["layer_names", names]]) }));
    const parts = ["layer_names0", "layer_names1", "layer_names2"].map((name) => attributes.get(name));
    assert.deepEqual(parts.flat(), names);
    assert.equal(attributes.size, 3);
  });

  describe("that is not to be trusted", () => {
    const file = (): Buffer => Buffer.from(writeHdf5({ ...EMPTY, arrays: new Map([["x", numbers(1, 2, 3)]]) }));
    const refuses = (bytes: Uint8Array, message: RegExp): void => {
      assert.throws(
        () => readHdf5(bytes),
        (error) => error instanceof ContentError && message.test(error.message),
      );
    };
    const h5py = (name: string): Buffer => readFileSync(join(REFERENCE, `refused_${name}.h5`));

    it("refuses links to other files and places, and arrays in other files, by name", () => {
      refuses(h5py("soft_link"), /has a link in place of "there"/);
      refuses(h5py("external_link"), /links to other files/);
      refuses(h5py("external_data"), /arrays that lie in other files/);
      refuses(h5py("virtual"), /put together of others/);
    });

    it("refuses forms that Keras does not write, by name", () => {
      refuses(h5py("compressed"), /compressed arrays/);
      refuses(h5py("chunked"), /arrays in pieces/);
      refuses(h5py("latest"), /superblock/);
    });

    it("refuses a group that holds itself", () => {
      refuses(h5py("circle"), /in a circle|more than it has bytes/);
    });

    it("takes no memory for an array that claims more than the file has", () => {
      const bytes = file();
      const at = bytes.indexOf(Buffer.from([MESSAGE.dataspace, 0, 16, 0]));
      assert.ok(at > 0);
      bytes.writeBigUInt64LE(2n ** 40n, at + 16);
      refuses(bytes, /claims to hold more than it has bytes/);
      bytes.writeBigUInt64LE(2n ** 63n, at + 16);
      refuses(bytes, /claims an axis of length/);
    });

    it("refuses a file that is cut off anywhere", () => {
      const whole = file();
      for (let length = 0; length < whole.length - 8; length++) {
        refuses(whole.subarray(0, length), /no HDF5 file|cut off or damaged|damaged/);
      }
    });
  });
});
