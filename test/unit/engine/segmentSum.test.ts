import assert from "node:assert/strict";
import fc from "fast-check";
import { startEngine } from "../../../src/engine/start.ts";

describe("sums by segment", () => {
  for (const engine of ["cpu", "wasm"] as const) {
    it(`are those of rows with the same id on ${engine}, and make the gradient of a look-up`, async () => {
      const { tf } = await startEngine(engine);
      const segments = fc.integer({ min: 1, max: 6 });
      const all = segments.chain((count) =>
        fc.tuple(fc.constant(count), fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 9 })),
      );
      fc.assert(
        fc.property(all, fc.integer({ min: 1, max: 4 }), ([count, ids], width) => {
          tf.tidy(() => {
            const values = ids.map((_, row) => Array.from({ length: width }, (__, at) => row * 10 + at + 1));
            const expected = Array.from({ length: count }, (_, segment) =>
              Array.from({ length: width }, (__, at) =>
                ids.reduce((sum, id, row) => sum + (id === segment ? (values[row]?.[at] ?? 0) : 0), 0),
              ),
            );
            const x = tf.tensor2d(values, [ids.length, width]);
            const indices = tf.tensor1d(ids, "int32");
            assert.deepEqual(tf.unsortedSegmentSum(x, indices, count).arraySync(), expected);
            const table = tf.zeros([count, width]);
            const gradient = tf.grad((one) => tf.sum(tf.mul(tf.gather(one, indices), x)))(table);
            assert.deepEqual(gradient.arraySync(), expected);
          });
        }),
        { seed: 2, numRuns: 80 },
      );
      await tf.setBackend("cpu");
    });
  }
});
