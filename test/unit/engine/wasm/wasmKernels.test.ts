import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { startEngine } from "../../../../src/engine/start.ts";
import type { TF } from "../../../../src/engine/types.ts";

/** Runs `compute` on both backends and compares every value, relative to the largest. Sums of numbers around 1 may cancel. */
async function sameOnBoth(tf: TF, compute: () => Tf.Tensor): Promise<void> {
  await tf.setBackend("cpu");
  const expected = tf.tidy(() => ({ shape: compute().shape, values: compute().dataSync() }));
  await tf.setBackend("wasm");
  const actual = tf.tidy(() => ({ shape: compute().shape, values: compute().dataSync() }));
  assert.deepEqual(actual.shape, expected.shape);
  const scale = Math.max(0.1, ...expected.values.map(Math.abs));
  for (let i = 0; i < expected.values.length; i += 1) {
    const difference = Math.abs((actual.values[i] ?? Number.NaN) - (expected.values[i] ?? Number.NaN));
    assert.ok(difference <= 1e-5 * scale, `value ${i}: ${actual.values[i]} instead of ${expected.values[i]}`);
  }
}

const convolution = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  height: fc.integer({ min: 1, max: 11 }),
  width: fc.integer({ min: 1, max: 11 }),
  inChannels: fc.integer({ min: 1, max: 5 }),
  outChannels: fc.integer({ min: 1, max: 6 }),
  filterHeight: fc.integer({ min: 1, max: 5 }),
  filterWidth: fc.integer({ min: 1, max: 5 }),
  strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  pad: fc.constantFrom("same" as const, "valid" as const),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

/** Of all inputs, one behind the other, with random errors at the output. */
function gradients(
  tf: TF,
  inputs: readonly Tf.Tensor[],
  seed: number,
  compute: (...inputs: Tf.Tensor[]) => Tf.Tensor,
): Tf.Tensor {
  const output = compute(...inputs);
  const dy = tf.randomUniform(output.shape, -1, 1, "float32", seed);
  return tf.concat(
    tf
      .grads(compute)([...inputs], dy)
      .map((one) => one.flatten()),
  );
}

describe("wasm kernels", () => {
  let tf: TF;

  before(async () => {
    tf = (await startEngine("wasm")).tf;
    await startEngine("cpu");
  });

  it("give the gradients of a convolution that the cpu backend gives", async () => {
    await fc.assert(
      fc.asyncProperty(convolution, fc.constantFrom("filter", "input"), async (c, of) => {
        fc.pre(c.pad === "same" || (c.height >= c.filterHeight && c.width >= c.filterWidth));
        const xShape: [number, number, number, number] = [c.batch, c.height, c.width, c.inChannels];
        const filterShape: [number, number, number, number] = [
          c.filterHeight,
          c.filterWidth,
          c.inChannels,
          c.outChannels,
        ];
        await sameOnBoth(tf, () => {
          const x = tf.randomUniform<Tf.Rank.R4>(xShape, -1, 1, "float32", c.seed);
          const filter = tf.randomUniform<Tf.Rank.R4>(filterShape, -1, 1, "float32", c.seed + 1);
          const output = tf.conv2d(x, filter, c.strides, c.pad);
          const dy = tf.randomUniform(output.shape, -1, 1, "float32", c.seed + 2);
          const [dx, df] = tf.grads((a: Tf.Tensor, b: Tf.Tensor) =>
            tf.conv2d(a as Tf.Tensor4D, b as Tf.Tensor4D, c.strides, c.pad),
          )([x, filter], dy);
          return of === "filter" ? (df as Tf.Tensor) : (dx as Tf.Tensor);
        });
      }),
      { numRuns: 150 },
    );
  });

  it("give the gradients of a convolution with explicit padding", async () => {
    for (const pads of [
      [0, 0],
      [1, 2],
      [3, 1],
    ]) {
      const [before, after] = pads as [number, number];
      const pad: Tf.backend_util.ExplicitPadding = [
        [0, 0],
        [before, after],
        [after, before],
        [0, 0],
      ];
      await sameOnBoth(tf, () => {
        const x = tf.randomUniform<Tf.Rank.R4>([2, 6, 5, 3], -1, 1, "float32", 1);
        const filter = tf.randomUniform<Tf.Rank.R4>([3, 2, 3, 4], -1, 1, "float32", 2);
        const [dx, df] = tf.grads((a: Tf.Tensor, b: Tf.Tensor) =>
          tf.conv2d(a as Tf.Tensor4D, b as Tf.Tensor4D, 1, pad),
        )([x, filter]);
        return tf.concat([(dx as Tf.Tensor).flatten(), (df as Tf.Tensor).flatten()]);
      });
    }
  });

  it("give the gradients of a depthwise convolution that the cpu backend gives", async () => {
    await fc.assert(
      fc.asyncProperty(convolution, fc.integer({ min: 1, max: 3 }), async (c, multiplier) => {
        fc.pre(c.pad === "same" || (c.height >= c.filterHeight && c.width >= c.filterWidth));
        const [stride] = c.strides;
        await sameOnBoth(tf, () => {
          const x = tf.randomUniform([c.batch, c.height, c.width, c.inChannels], -1, 1, "float32", c.seed + 1);
          const shape = [c.filterHeight, c.filterWidth, c.inChannels, multiplier];
          const filter = tf.randomUniform(shape, -1, 1, "float32", c.seed + 2);
          return gradients(tf, [x, filter], c.seed + 3, (a, b) =>
            tf.depthwiseConv2d(a as Tf.Tensor4D, b as Tf.Tensor4D, stride, c.pad),
          );
        });
      }),
      { numRuns: 100 },
    );
  });

  it("give convolutions of volumes, and their gradients, as the cpu backend gives them", async () => {
    const depths = fc.record({
      depth: fc.integer({ min: 1, max: 6 }),
      filterDepth: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(convolution, depths, async (c, { depth, filterDepth, stride }) => {
        fc.pre(c.pad === "same" || (c.height >= c.filterHeight && c.width >= c.filterWidth && depth >= filterDepth));
        const strides: [number, number, number] = [stride, ...c.strides];
        const convolve = (a: Tf.Tensor, b: Tf.Tensor) => tf.conv3d(a as Tf.Tensor5D, b as Tf.Tensor5D, strides, c.pad);
        const parts = () => [
          tf.randomUniform([c.batch, depth, c.height, c.width, c.inChannels], -1, 1, "float32", c.seed + 1),
          tf.randomUniform(
            [filterDepth, c.filterHeight, c.filterWidth, c.inChannels, c.outChannels],
            -1,
            1,
            "float32",
            c.seed + 2,
          ),
        ];
        await sameOnBoth(tf, () => {
          const [x, filter] = parts() as [Tf.Tensor, Tf.Tensor];
          return convolve(x, filter);
        });
        await sameOnBoth(tf, () => gradients(tf, parts(), c.seed + 3, convolve));
      }),
      { numRuns: 80 },
    );
  });

  it("give the gradient of max pooling that the cpu backend gives, with equal values too", async () => {
    await fc.assert(
      fc.asyncProperty(convolution, async (c) => {
        fc.pre(c.pad === "same" || (c.height >= c.filterHeight && c.width >= c.filterWidth));
        await sameOnBoth(tf, () => {
          const x = tf.floor(
            tf.randomUniform([c.batch, c.height, c.width, c.inChannels], -3, 3, "float32", c.seed + 1),
          );
          return gradients(tf, [x], c.seed + 2, (a) =>
            tf.maxPool(a as Tf.Tensor4D, [c.filterHeight, c.filterWidth], c.strides, c.pad),
          );
        });
      }),
      { numRuns: 100 },
    );
  });

  it("look up rows as the cpu backend does, and refuse ids that are none", async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        shapes,
        shapes,
        fc.constantFrom("float32" as const, "int32" as const),
        async (table, of, dtype) => {
          await sameOnBoth(tf, () => {
            const x = tf.cast(tf.randomUniform(table, -9, 9, "float32", 5), dtype);
            const ids = tf.cast(tf.floor(tf.randomUniform(of, 0, table[0] ?? 1, "float32", 6)), "int32");
            return tf.gather(x, ids);
          });
        },
      ),
      { numRuns: 60 },
    );
    assert.throws(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([3], "int32")), /3 is not in \[0, 2\]/);
  });

  it("compare tensors of different shapes as the cpu backend does", async () => {
    const axes = fc.array(
      fc.record({ length: fc.integer({ min: 1, max: 4 }), spread: fc.constantFrom("a", "b", "") }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    const kinds = fc.constantFrom("equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual");
    await fc.assert(
      fc.asyncProperty(axes, fc.nat(2), kinds, fc.integer({ min: 1 }), async (each, missing, kind, seed) => {
        const shapeOf = (which: string) => each.map(({ length, spread }) => (spread === which ? 1 : length));
        await sameOnBoth(tf, () => {
          const draw = (shape: number[], at: number) => tf.floor(tf.randomUniform(shape, -2, 2, "float32", seed + at));
          const [a, b] = [draw(shapeOf("a"), 0), draw(shapeOf("b").slice(missing), 1)];
          return tf.cast(tf[kind as "equal"](a, b), "float32");
        });
      }),
      { numRuns: 100 },
    );
  });

  it("sum over first axes as the cpu backend does", async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(4), fc.boolean(), async (shape, last, keepDims) => {
        const axes = shape.slice(0, (last % shape.length) + 1).map((_, axis) => axis);
        await sameOnBoth(tf, () => tf.sum(tf.randomUniform(shape, 0, 1, "float32", 7), axes, keepDims));
      }),
      { numRuns: 60 },
    );
  });

  it("multiply transposed matrices, with batches and fused bias and activation", async () => {
    const size = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(size, size, size, fc.integer({ min: 1, max: 3 })),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.constantFrom("linear" as const, "relu" as const, "sigmoid" as const, "leakyrelu" as const),
        async ([m, n, k, batch], [transposeA, transposeB, fused], activation) => {
          await sameOnBoth(tf, () => {
            const a = tf.randomUniform<Tf.Rank.R3>(transposeA ? [batch, k, m] : [batch, m, k], -1, 1, "float32", 1);
            const b = tf.randomUniform<Tf.Rank.R3>(transposeB ? [batch, n, k] : [batch, k, n], -1, 1, "float32", 2);
            if (!fused) {
              return tf.matMul(a, b, transposeA, transposeB);
            }
            const bias = tf.randomUniform([n], -1, 1, "float32", 3);
            return tf.fused.matMul({ a, b, transposeA, transposeB, bias, activation });
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("cover everything the cpu backend has", () => {
    const known = new Set(tf.getKernelsForBackend("wasm").map((kernel) => kernel.kernelName));
    const missing = tf.getKernelsForBackend("cpu").filter((kernel) => !known.has(kernel.kernelName));
    assert.deepEqual(missing, []);
  });

  it("borrow from the cpu backend what is missing: embeddings and depthwise convolutions train", async () => {
    await sameOnBoth(tf, () => {
      const table = tf.randomUniform([7, 3], -1, 1, "float32", 1);
      const ids = tf.tensor1d([1, 6, 1, 0], "int32");
      return tf.grad((t) => tf.square(tf.gather(t, ids)).sum())(table);
    });
    await sameOnBoth(tf, () => {
      const x = tf.randomUniform<Tf.Rank.R4>([2, 6, 6, 3], -1, 1, "float32", 1);
      const filter = tf.randomUniform<Tf.Rank.R4>([3, 3, 3, 2], -1, 1, "float32", 2);
      return tf.grad((f) => tf.square(tf.depthwiseConv2d(x, f as Tf.Tensor4D, 1, "same")).sum())(filter);
    });
    await sameOnBoth(tf, () => tf.einsum("ij,kj->ik", tf.ones([2, 3]), tf.range(0, 12).reshape([4, 3])));
  });

  it("leave no tensor behind, on either backend", async () => {
    await tf.setBackend("wasm");
    const x = tf.randomUniform<Tf.Rank.R4>([2, 7, 7, 3]);
    const filter = tf.randomUniform<Tf.Rank.R4>([3, 3, 3, 4]);
    const ids = tf.tensor1d([1, 0], "int32");
    const work = () =>
      tf.tidy(() => {
        tf.grads((a: Tf.Tensor, b: Tf.Tensor) => tf.conv2d(a as Tf.Tensor4D, b as Tf.Tensor4D, 2, "same"))([x, filter]);
        tf.matMul(x.reshape([14, 21]), x.reshape([14, 21]), true, false);
        tf.grad((t) => tf.gather(t, ids).sum())(x.reshape([14, 21]));
        tf.grads((a: Tf.Tensor, b: Tf.Tensor) => tf.conv3d(a as Tf.Tensor5D, b as Tf.Tensor5D, 2, "same"))([
          x.reshape([2, 7, 7, 3, 1]),
          filter.reshape([3, 3, 2, 1, 6]),
        ]);
        tf.grad((a) => tf.maxPool(a as Tf.Tensor4D, 2, 2, "same").sum())(x);
      });
    const counts = () => [tf.findBackend("wasm"), tf.findBackend("cpu")].map((backend) => backend.numDataIds());
    work();
    const before = counts();
    work();
    assert.deepEqual(counts(), before);
    tf.dispose([x, filter, ids]);
  });
});
