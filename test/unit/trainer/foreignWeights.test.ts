import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { type ForeignWeights, readNpzWeights, readSafetensorsWeights } from "../../../src/trainer/foreignWeights.ts";

function reference<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../reference/${name}.json`), "utf8")) as T;
}

const SAFETENSORS = reference<{ saved: string; values: Record<string, number[]> }>("safetensors");
const NUMPY = reference<Record<"half" | "fortran", { shape: number[]; values: number[]; saved: string }>>("npy");

describe("weights out of other programs' files", () => {
  const safetensors = Buffer.from(SAFETENSORS.saved, "hex");
  const npz = zipSync({
    "fc1/kernel.npy": Buffer.from(NUMPY.fortran.saved, "hex"),
    "fc1/bias.npy": Buffer.from(NUMPY.half.saved, "hex"),
  });

  it("are every type of floats of safetensors, rounded to float32; what else is there is named", () => {
    const { tensors, others } = readSafetensorsWeights(safetensors);
    assert.deepEqual([...tensors.keys()].sort(), ["bf16", "f16", "f32", "f64"]);
    for (const [name, { shape, values }] of tensors) {
      assert.deepEqual(shape, [2, 3]);
      assert.deepEqual(values, Float32Array.from(SAFETENSORS.values[name] ?? []), name);
    }
    assert.deepEqual([...others].sort(), ["mask", "steps"]);
  });

  it("are the arrays of an NPZ by their names", () => {
    const { tensors } = readNpzWeights(npz, "weights.npz");
    assert.deepEqual(Object.fromEntries(tensors), {
      "fc1/kernel": { shape: NUMPY.fortran.shape, values: Float32Array.from(NUMPY.fortran.values) },
      "fc1/bias": { shape: [5], values: Float32Array.from(NUMPY.half.values) },
    });
  });

  for (const [kind, whole, read] of [
    ["safetensors", safetensors, readSafetensorsWeights],
    ["npz", npz, readNpzWeights],
  ] as const) {
    it(`are had or refused in words, and take no more than the file holds, whatever is broken in ${kind}, 10,000 times`, () => {
      const broken = fc.record({
        cut: fc.integer({ min: 0, max: whole.length }),
        isCut: fc.boolean(),
        changes: fc.array(
          fc.tuple(
            // Half of the changes where the header is.
            fc.oneof(fc.nat(whole.length - 1), fc.nat(Math.min(whole.length, 500) - 1)),
            fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(..."0123456789[]{}:,\"'")),
          ),
          { maxLength: 4 },
        ),
      });
      let refused = 0;
      fc.assert(
        fc.property(broken, ({ cut, isCut, changes }) => {
          const bytes = Uint8Array.from(isCut ? whole.subarray(0, cut) : whole);
          for (const [at, to] of changes) {
            if (at < bytes.length) bytes[at] = typeof to === "number" ? to : to.charCodeAt(0);
          }
          if (!survives(() => read(bytes, "broken"), 8 * 2 * whole.length)) refused += 1;
        }),
        { numRuns: 10_000, seed: 11 },
      );
      assert.ok(refused > 5000, `${refused} of them are damaged for good`);
    });
  }

  /** @returns whether there are weights, of so many bytes at most; else there is a reason in words */
  function survives(read: () => ForeignWeights, most: number): boolean {
    let given: ForeignWeights;
    try {
      given = read();
    } catch (error) {
      assert.ok(error instanceof Error, String(error));
      const { message } = error;
      assert.ok(message.length > 10 && !/undefined|NaN|Cannot read prop|not a function/.test(message), message);
      return false;
    }
    const held = [...given.tensors.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
    assert.ok(held <= most, `${held} bytes`);
    for (const [name, { shape, values }] of given.tensors) {
      assert.equal(
        shape.reduce((product, length) => product * length, 1),
        values.length,
        name,
      );
    }
    return true;
  }

  const length = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) },
    fc.constantFrom(-1, 2 ** 31, 2 ** 53, 1e300, 0.5),
  );
  const shape = fc.array(length, { maxLength: 3 });
  const data = fc.uint8Array({ maxLength: 40 });

  it("are had or refused whatever a header of safetensors says, 10,000 times", () => {
    const name = fc.constantFrom("a", "b", "__proto__", "constructor", "");
    const type = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("F64", "F32", "F16", "BF16", "U8") },
      fc.constantFrom("F4", "", "toString"),
    );
    const tensor = fc.record({ dtype: type, shape, data_offsets: fc.tuple(length, fc.integer({ min: 0, max: 40 })) });
    const fitting = fc
      .tuple(fc.constantFrom("F32", "F16"), fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }))
      .map(([dtype, lengths]) => {
        const bytes = lengths.reduce((product, each) => product * each, dtype === "F32" ? 4 : 2);
        return { entry: { dtype, shape: lengths, data_offsets: [0, bytes] }, bytes };
      });
    let had = 0;
    const write = (header: unknown, values: Uint8Array): Uint8Array => {
      const text = Buffer.from(JSON.stringify(header));
      const start = Buffer.alloc(8);
      start.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([start, text, values]);
    };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(fc.array(fc.tuple(name, fc.oneof(tensor, fc.jsonValue({ maxDepth: 2 }))), { maxLength: 3 }), data),
          fc
            .tuple(name, fitting)
            .map(
              ([key, { entry, bytes }]) => [[[key, entry]], new Uint8Array(bytes)] as [[string, unknown][], Uint8Array],
            ),
        ),
        ([entries, values]) => {
          const bytes = write(Object.fromEntries(entries), values);
          if (survives(() => readSafetensorsWeights(bytes), 4 * values.length)) had += 1;
        },
      ),
      { numRuns: 10_000, seed: 12 },
    );
    assert.ok(had > 1000 && had < 9000, `${had} were had`);
  });

  it("are had or refused whatever an array of an NPZ says of itself, 10,000 times", () => {
    const type = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("<f8", "<f4", "<f2", ">f4", "|u1", "|b1") },
      fc.constantFrom("|O", "<c8", "|S4", "<U2", "__import__('os')"),
    );
    const fortran = fc.constantFrom("True", "False", "1");
    let had = 0;
    fc.assert(
      fc.property(type, fortran, shape, data, fc.boolean(), (descr, order, lengths, values, fits) => {
        const bytes = Number(/\d/.exec(descr)?.[0] ?? 1) * lengths.reduce((product, each) => product * each, 1);
        const body = fits && bytes >= 0 && bytes < 1000 ? new Uint8Array(bytes) : values;
        const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${lengths.join(", ")},), }\n`;
        const head = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
        head.writeUInt16LE(header.length, 8);
        const zip = zipSync({ "a.npy": Buffer.concat([head, Buffer.from(header, "latin1"), body]) });
        if (survives(() => readNpzWeights(zip, "broken"), 4 * body.length)) had += 1;
      }),
      { numRuns: 10_000, seed: 13 },
    );
    assert.ok(had > 1000 && had < 9000, `${had} were had`);
  });
});
