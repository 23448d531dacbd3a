import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { startEngine } from "../../../src/engine/start.ts";

describe("gradients that are put together otherwise", () => {
  it("of Tile: each element gets the sum over its copies", async () => {
    const { tf } = await startEngine("cpu");
    const axes = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(axes, fc.integer({ min: 1 }), (each, seed) => {
        const [shape, reps] = [each.map(([length]) => length), each.map(([, times]) => times)];
        tf.tidy(() => {
          const x = tf.randomNormal(shape, 0, 1, "float32", seed);
          const weights = tf.randomNormal(
            shape.map((length, axis) => length * (reps[axis] ?? 1)),
            0,
            1,
            "float32",
            seed + 1,
          );
          const gradient = tf
            .grad((one) => tf.sum(tf.mul(tf.tile(one, reps), weights)))(x)
            .dataSync();
          // By hand: element after element of what was tiled.
          const expected = new Float64Array(x.size);
          const values = weights.dataSync();
          for (let at = 0; at < values.length; at++) {
            let [rest, index, stride] = [at, 0, 1];
            for (let axis = shape.length - 1; axis >= 0; axis--) {
              const length = shape[axis] ?? 1;
              const wide = length * (reps[axis] ?? 1);
              index += ((rest % wide) % length) * stride;
              rest = Math.floor(rest / wide);
              stride *= length;
            }
            expected[index] = (expected[index] ?? 0) + (values[at] ?? 0);
          }
          expected.forEach((value, at) => {
            assert.ok(Math.abs(value - (gradient[at] ?? Number.NaN)) < 1e-4, `${gradient[at]}, expected ${value}`);
          });
        });
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  it("of a choice by a comparison: those of what was chosen", async () => {
    const { tf } = await startEngine("cpu");
    // Huber's loss with its bend at 1.
    const huber = (x: Tf.Tensor) => {
      const size = tf.abs(x);
      return tf.sum(tf.where(tf.lessEqual(size, 1), tf.mul(0.5, tf.square(x)), tf.sub(size, 0.5)));
    };
    const gradient = tf.grad(huber)(tf.tensor1d([-3, -0.5, 0.25, 2]));
    assert.deepEqual([...gradient.dataSync()], [-1, -0.5, 0.25, 1]);
  });
});
