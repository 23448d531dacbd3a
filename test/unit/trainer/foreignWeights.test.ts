import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { readNpzWeights, readSafetensorsWeights } from "../../../src/trainer/foreignWeights.ts";

function reference<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../reference/${name}.json`), "utf8")) as T;
}

const SAFETENSORS = reference<{ saved: string; values: Record<string, number[]> }>("safetensors");
const NUMPY = reference<Record<"half" | "fortran", { shape: number[]; values: number[]; saved: string }>>("npy");

describe("weights out of other programs' files", function () {
  this.timeout(120_000);
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
          try {
            const { tensors } = read(bytes, "broken");
            const held = [...tensors.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
            assert.ok(held <= 8 * 2 * whole.length, `${held} bytes out of ${bytes.length}`);
          } catch (error) {
            if (error instanceof assert.AssertionError || !(error instanceof Error)) throw error;
            refused += 1;
            assert.ok(
              error.message.length > 10 && !/undefined|NaN|Cannot read prop|not a function/.test(error.message),
              error.message,
            );
          }
        }),
        { numRuns: 10_000, seed: 11 },
      );
      assert.ok(refused > 5000, `${refused} of them are damaged for good`);
    });
  }
});
