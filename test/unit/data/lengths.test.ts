import assert from "node:assert/strict";
import fc from "fast-check";
import { batchesByLength, batchLength, lengthsOf, orderByLength } from "../../../src/data/lengths.ts";
import { createRandom, permutation } from "../../../src/data/random.ts";
import type { DataSet, Split } from "../../../src/data/types.ts";

describe("lengths of padded examples", () => {
  it("are those of the longest field, whatever side zeros stand on", () => {
    const split: Split = {
      count: 3,
      x: Float32Array.from([5, 6, 0, 0, 2, 0, 0, 0, /**/ 5, 0, 0, 0, 2, 7, 0, 8, /**/ 0, 0, 0, 0, 0, 0, 0, 0]),
      y: new Int32Array(3),
    };
    const field = (name: string) => ({ name, shape: [4] });
    const data: DataSet = {
      ...{ spec: "ids", sha256: "", xShape: [8], yShape: [], scale: 1, offset: 0, padding: "end" },
      ...{ train: split, validation: split, test: split, xFields: [field("source"), field("target")] },
    };
    assert.deepEqual([...lengthsOf(data, split)], [2, 4, 1]);
    const other: Split = { count: 2, x: Float32Array.from([0, 0, 5, 0, 6, /**/ 1, 2, 3, 4, 5]), y: new Int32Array(2) };
    const { xFields: _fields, ...rest } = data;
    assert.deepEqual([...lengthsOf({ ...rest, xShape: [5], padding: "start" }, other)], [3, 5]);
  });

  it("are rounded to few, by less than a quarter, and never to less", () => {
    const found = new Set<number>();
    for (let length = 1; length <= 512; length++) {
      const rounded = batchLength(length, 512);
      found.add(rounded);
      assert.ok(rounded >= length && rounded <= Math.max(8, length * 1.25), `${length} to ${rounded}`);
    }
    assert.ok(found.size <= 1 + 4 * 6);
    assert.equal(batchLength(40, 43), 40);
    assert.equal(batchLength(41, 43), 43);
  });

  const lengthLists = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 300 });

  it("give an order with every example once, whose batches hardly differ in length", () => {
    fc.assert(
      fc.property(lengthLists, fc.integer({ min: 1, max: 40 }), fc.integer(), (lengths, size, seed) => {
        const drawn = permutation(lengths.length, createRandom("order", seed));
        const ordered = orderByLength(drawn, Uint32Array.from(lengths), size, createRandom("mix", seed));
        assert.deepEqual(
          [...ordered].sort((a, b) => a - b),
          [...lengths.keys()],
        );
        const batches = Array.from({ length: Math.ceil(lengths.length / size) }, (_, at) =>
          [...ordered.subarray(at * size, (at + 1) * size)].map((example) => batchLength(lengths[example] ?? 0, 60)),
        );
        // In the order of their lengths no two batches overlap.
        const sorted = batches
          .map((of) => [Math.min(...of), Math.max(...of)] as const)
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        for (const [at, [from]] of sorted.entries()) assert.ok(at === 0 || from >= (sorted[at - 1]?.[1] ?? 0));
      }),
    );
  });

  it("cut a split into batches that hold each example once, and fit it", () => {
    fc.assert(
      fc.property(lengthLists, fc.integer({ min: 1, max: 2000 }), (lengths, numbers) => {
        const sizeAt = (length: number): number => Math.max(1, Math.floor(numbers / length));
        const seen: number[] = [];
        for (const { examples, length } of batchesByLength(Uint32Array.from(lengths), 60, sizeAt)) {
          assert.ok(examples.length <= sizeAt(length));
          for (const example of examples) assert.ok((lengths[example] ?? 0) <= length);
          seen.push(...examples);
        }
        assert.deepEqual(
          seen.sort((a, b) => a - b),
          [...lengths.keys()],
        );
      }),
    );
  });
});
