import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from "../../../../src/runs/checkpoint/safetensors.ts";

/** A file written out by hand from the format's description. */
function handMade(header: unknown, data: Uint8Array): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const entry = (shape: number[], begin: number, end: number, dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  it("reads a file written out by hand", () => {
    const data = Buffer.from("0000c03f" + "000000c0" + "0000803e", "hex");
    const file = decodeSafetensors(
      handMade({ b: entry([1], 8, 12), a: entry([2, 1], 0, 8), __metadata__: { note: "hi" } }, data),
    );
    assert.deepEqual([...file.tensors.keys()], ["a", "b"]);
    assert.deepEqual(file.tensors.get("a"), { shape: [2, 1], values: Float32Array.of(1.5, -2) });
    assert.deepEqual(file.tensors.get("b"), { shape: [1], values: Float32Array.of(0.25) });
    assert.deepEqual(file.metadata, { note: "hi" });
  });

  it("writes what the format's description says", () => {
    const bytes = Buffer.concat(
      encodeSafetensors({
        tensors: new Map([["w", { shape: [2], values: Float32Array.of(1, -1) }]]),
        metadata: { k: "v" },
      }),
    );
    const headerLength = Number(bytes.readBigUInt64LE(0));
    assert.equal(headerLength % 8, 0);
    assert.deepEqual(JSON.parse(bytes.toString("utf8", 8, 8 + headerLength)), {
      __metadata__: { k: "v" },
      w: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    assert.deepEqual([...bytes.subarray(8 + headerLength)], [0, 0, 128, 63, 0, 0, 128, 191]);
  });

  it("keeps every bit, views into larger buffers and odd names included", () => {
    const tensor = fc
      .tuple(fc.array(fc.nat({ max: 4 }), { maxLength: 4 }), fc.nat({ max: 5 }), fc.nat())
      .map(([shape, offset, seed]): StoredTensor => {
        const count = shape.reduce((product, size) => product * size, 1);
        const values = new Float32Array(count + offset + 3).subarray(offset, offset + count);
        new Uint32Array(values.buffer, values.byteOffset, count).forEach((_, at, bits) => {
          bits[at] = Math.imul(seed + at + 1, 0x9e3779b1);
        });
        return { shape, values };
      });
    const name = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "1", "0", "constructor"));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key }), (pairs) => {
        fc.pre(pairs.every(([key]) => key !== "__metadata__"));
        const read = decodeSafetensors(
          Buffer.concat(encodeSafetensors({ tensors: new Map(pairs), metadata: { a: "ü\n" } })),
        );
        assert.equal(read.tensors.size, pairs.length);
        for (const [key, { shape, values }] of pairs) {
          const got = read.tensors.get(key);
          assert.deepEqual(got?.shape, shape);
          assert.deepEqual(got?.values.length, values.length);
          assert.ok(
            got &&
              Buffer.from(got.values.buffer).equals(Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
          );
        }
        assert.deepEqual(read.metadata, { a: "ü\n" });
      }),
    );
  });

  it("refuses whatever does not fit together", () => {
    const data = new Uint8Array(16);
    const cases: [string, Uint8Array, RegExp][] = [
      ["empty", new Uint8Array(), /shorter/],
      ["huge header", Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127), /header/],
      ["header beyond the end", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123, 125), /header/],
      ["no JSON", handMade("{", data), /header is damaged/],
      ["list", handMade("[]", new Uint8Array()), /header is damaged/],
      ["other type", handMade({ a: entry([4], 0, 16, "F64") }, data), /tensor a/],
      ["negative offset", handMade({ a: entry([4], -16, 0) }, data), /tensor a/],
      ["past the end", handMade({ a: entry([8], 0, 32) }, data), /tensor a/],
      ["overlap", handMade({ a: entry([2], 0, 8), b: entry([3], 4, 16) }, data), /tensor b/],
      ["gap", handMade({ a: entry([1], 0, 4), b: entry([2], 8, 16) }, data), /tensor b/],
      ["rest", handMade({ a: entry([2], 0, 8) }, data), /8 bytes belong to no tensor/],
      ["wrong shape", handMade({ a: entry([2, 3], 0, 16) }, data), /tensor a/],
      ["metadata not text", handMade({ __metadata__: { a: 1 }, a: entry([4], 0, 16) }, data), /metadata/],
    ];
    for (const [what, bytes, message] of cases) {
      assert.throws(() => decodeSafetensors(bytes), message, what);
    }
  });

  it("refuses every shortened file", () => {
    const whole = Buffer.concat(
      encodeSafetensors({
        tensors: new Map([["w", { shape: [3], values: Float32Array.of(1, 2, 3) }]]),
        metadata: {},
      }),
    );
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(() => decodeSafetensors(whole.subarray(0, length)), `${length} bytes`);
    }
  });

  it("makes no copy of the tensors to write them", () => {
    const values = new Float32Array(8).subarray(2, 6);
    const [, piece] = encodeSafetensors({ tensors: new Map([["w", { shape: [4], values }]]), metadata: {} });
    assert.equal(piece?.buffer, values.buffer);
  });

  it("refuses to write values that do not fill their shape", () => {
    const tensors = new Map([["w", { shape: [2, 2], values: new Float32Array(3) }]]);
    assert.throws(() => encodeSafetensors({ tensors, metadata: {} }), /tensor w/);
  });
});
