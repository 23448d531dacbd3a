import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Program } from "../../../../src/engine/graph/graph.ts";
import { bitsOf, describeNative } from "./nativeSuite.ts";

type TF = typeof Tf;

/** From a matrix to one of the same shape, by way of others. */
const SHAPELESS: Readonly<Record<string, (tf: TF, a: Tf.Tensor2D, b: Tf.Tensor2D) => Tf.Tensor>> = {
  add: (tf, a, b) => tf.add(a, b),
  sub: (tf, a, b) => tf.sub(a, b),
  mul: (tf, a, b) => tf.mul(a, b),
  "div by a constant": (tf, a) => tf.div(a, 3),
  div: (tf, a, b) => tf.div(a, tf.add(tf.abs(b), 0.5)),
  pow: (tf, a) => tf.pow(tf.add(tf.abs(a), 0.1), 1.5),
  "maximum, minimum": (tf, a, b) => tf.maximum(tf.minimum(a, b), -1),
  "squared difference": (tf, a, b) => tf.squaredDifference(a, b),
  activations: (tf, a) => tf.add(tf.relu(a), tf.add(tf.elu(a), tf.add(tf.selu(a), tf.relu6(a)))),
  "leaky relu, prelu": (tf, a, b) => tf.add(tf.leakyRelu(a), tf.prelu(a, b)),
  squashed: (tf, a) => tf.add(tf.sigmoid(a), tf.add(tf.tanh(a), tf.softplus(a))),
  softmax: (tf, a) => tf.mul(tf.exp(tf.logSoftmax(a)), 2),
  "exp, log": (tf, a) => tf.log(tf.add(tf.exp(tf.clipByValue(a, -3, 3)), tf.log1p(tf.abs(a)))),
  roots: (tf, a) => tf.add(tf.sqrt(tf.abs(a)), tf.rsqrt(tf.add(tf.square(a), 1))),
  rounding: (tf, a) => tf.add(tf.floor(a), tf.add(tf.ceil(a), tf.add(tf.round(a), tf.sign(a)))),
  "sin, cos, erf": (tf, a) => tf.add(tf.sin(a), tf.add(tf.cos(a), tf.erf(a))),
  "reciprocal, step": (tf, a) => tf.add(tf.reciprocal(tf.add(tf.abs(a), 1)), tf.step(a)),
  comparison: (tf, a, b) => tf.where(tf.logicalAnd(tf.greater(a, b), tf.less(a, 1)), a, tf.neg(b)),
  "equality, cast": (tf, a, b) => tf.cast(tf.logicalOr(tf.equal(a, b), tf.greaterEqual(a, 0)), "float32"),
  "not a number": (tf, a) => tf.where(tf.isNaN(tf.log(a)), tf.onesLike(a), tf.zerosLike(a)),
  "matmul, transposed": (tf, a, b) => tf.matMul(tf.matMul(a, b, false, true), a),
  "fused matmul": (tf, a, b) =>
    tf
      .matMul(tf.fused.matMul({ a, b, transposeA: true, activation: "relu", bias: tf.sum(b, 0) }), tf.transpose(a))
      .transpose(),
  sums: (tf, a) => tf.add(tf.sub(a, tf.mean(a, 0)), tf.sum(a, 1, true)),
  "max, min, product": (tf, a) => tf.add(tf.max(a, 0), tf.add(tf.min(a, 1, true), tf.prod(tf.tanh(a), 0))),
  "argmax, one-hot": (tf, a) => tf.oneHot(tf.argMax(a, 1), a.shape[1]).cast("float32"),
  "any, all": (tf, a) => tf.add(a, tf.cast(tf.any(tf.greater(a, 1), 0), "float32")),
  "cumulative sum, reverse": (tf, a) => tf.cumsum(tf.reverse(a, 1), 1),
  "concat, slice": (tf, a, b) => tf.slice(tf.concat([a, b], 0), [1, 0], [a.shape[0], a.shape[1]]),
  "stack, unstack": (tf, a, b) => tf.unstack(tf.stack([a, b], 1), 1)[1] ?? a,
  "split, tile": (tf, a) => tf.sub(a, tf.tile(tf.split(a, [1, a.shape[1] - 1], 1)[0] ?? a, [1, a.shape[1]])),
  "pad, strided slice": (tf, a) =>
    tf.stridedSlice(
      tf.pad(
        a,
        [
          [1, 1],
          [2, 0],
        ],
        0.5,
      ),
      [1, 2],
      [a.shape[0] + 1, a.shape[1] + 2],
      [1, 1],
    ),
  "mirror pad": (tf, a) =>
    tf.slice(
      tf.mirrorPad(
        a,
        [
          [1, 1],
          [1, 1],
        ],
        "reflect",
      ),
      [0, 0],
      [a.shape[0], a.shape[1]],
    ),
  "gather, segment sum": (tf, a) =>
    tf.unsortedSegmentSum(tf.gather(a, [1, 0, 1]), tf.tensor1d([0, 1, 0], "int32"), a.shape[0]),
  "expand, squeeze, reshape": (tf, a) => tf.reshape(tf.squeeze(tf.expandDims(a, 1)), a.shape),
  "fill, linear space, range": (tf, a) =>
    tf.add(a, tf.add(tf.fill([a.shape[1]], 0.3), tf.range(0, a.shape[1], 1, "float32"))),
  modulo: (tf, a) => tf.mod(a, 0.7),
  "top k": (tf, a) => tf.add(a, tf.topk(a, 1).values),
  "convolution, pooling": (tf, a) => {
    const image = tf.reshape(tf.tile(a, [4, 4]), [1, 4 * a.shape[0], 4 * a.shape[1], 1]) as Tf.Tensor4D;
    const filter = tf.reshape(tf.slice(tf.reshape(a, [-1]), 0, 4), [2, 2, 1, 1]) as Tf.Tensor4D;
    const pooled = tf.add(
      tf.maxPool(image, 4, 4, "same"),
      tf.avgPool(tf.conv2d(image, filter, 1, "same"), 4, 4, "same"),
    );
    return tf.reshape(pooled, a.shape);
  },
  "gradient of it all": (tf, a, b) =>
    tf.grad((x) => tf.sum(tf.mul(tf.tanh(tf.matMul(tf.relu(x) as Tf.Tensor2D, b, false, true)), 0.5)))(a),
};

describeNative("graphs", (engine) => {
  const recordOf = (inputs: readonly Tf.Tensor[], program: Program) => {
    const { graphs } = engine();
    assert.ok(graphs !== undefined);
    return { graphs, ...graphs.record(inputs, program) };
  };

  it("give the bits of eager execution, whatever operations a program is made of", () => {
    const { tf } = engine();
    const names = Object.keys(SHAPELESS);
    const used = new Set<string>();
    const programs = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 });
    const sizes = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 6 }));
    // Each kernel once for certain, then at random.
    const examples = names.map((name): [string[], [number, number], number] => [[name], [3, 4], 1]);
    fc.assert(
      fc.property(programs, sizes, fc.nat(), (steps, shape, seed) => {
        for (const step of steps) used.add(step);
        const draw = (of: number): Tf.Tensor2D => tf.randomNormal(shape, 0, 1, "float32", of);
        const program: Program = ([first, second]) => {
          let [a, b] = [first as Tf.Tensor2D, second as Tf.Tensor2D];
          for (const step of steps) [a, b] = [SHAPELESS[step]?.(tf, a, b) as Tf.Tensor2D, a];
          return [a, b];
        };
        const { graphs, results, recording } = recordOf([draw(seed), draw(seed + 1)], program);
        assert.equal(recording.problem, undefined);
        const graph = graphs.load(recording);
        tf.tidy(() => {
          // With other inputs than it was recorded with.
          const inputs = [draw(seed + 2), draw(seed + 3)];
          const expected = program(inputs).map(bitsOf);
          assert.deepEqual(graph.run(inputs).map(bitsOf), expected, steps.join(", "));
        });
        graph.dispose();
        tf.dispose(results);
      }),
      { examples, numRuns: names.length + 150, seed: 5 },
    );
    assert.equal(used.size, names.length);
  });

  it("read and assign variables, know tensors from before, and hand on what goes in", () => {
    const { tf } = engine();
    const counter = tf.variable(tf.scalar(1), false);
    const before = tf.scalar(10);
    const program: Program = ([x]) => {
      counter.assign(tf.add(counter, before));
      return [x ?? before, tf.mul(counter, 2), before];
    };
    const { graphs, results, recording } = recordOf([tf.scalar(7)], program);
    assert.deepEqual(
      results.map((one) => one.dataSync()[0]),
      [7, 22, 10],
    );
    const graph = graphs.load(recording);
    // It keeps what it needs.
    before.dispose();
    const values = graph.run([tf.scalar(8)]).map((one) => one.dataSync()[0]);
    assert.deepEqual(values, [8, 42, 10]);
    assert.equal(counter.dataSync()[0], 21);
    graph.dispose();
    counter.dispose();
    assert.throws(() => graph.run([tf.scalar(8)]), /disposed/);
  });

  it("say why there can be none", () => {
    const { tf } = engine();
    const problemOf = (program: Program): string => recordOf([tf.tensor2d([[1, 2]])], program).recording.problem ?? "";
    assert.match(
      problemOf(([x]) => [tf.scalar(x?.dataSync()[0] ?? 0)]),
      /reads the values/,
    );
    const earlier = tf.add(tf.scalar(1), 1);
    assert.match(
      problemOf(() => [tf.scalar(earlier.dataSync()[0] ?? 0)]),
      /reads the values/,
    );
    assert.match(
      problemOf(([x]) => [tf.multinomial(x as Tf.Tensor2D, 3)]),
      /Multinomial draws/,
    );
    assert.match(
      problemOf(() => [tf.tensor1d(["a", "b"])]),
      /text/,
    );
    // Of plain numbers the values are known.
    assert.equal(
      problemOf(([x]) => [tf.add(x ?? 0, tf.scalar(tf.scalar(3).dataSync()[0] ?? 0))]),
      "",
    );
  });

  it("leave the number of tensors as it is, over ten thousand runs and the end of the graph", () => {
    const { tf } = engine();
    const weight = tf.variable(tf.randomNormal([64, 64]), false);
    const x = tf.randomNormal([8, 64]);
    const program: Program = ([one]) => {
      weight.assign(tf.mul(weight, 0.999));
      return [tf.sum(tf.matMul(one as Tf.Tensor2D, weight as Tf.Tensor2D))];
    };
    const { graphs, results, recording } = recordOf([x], program);
    tf.dispose(results);
    const graph = graphs.load(recording);
    const run = (times: number): void => {
      for (let i = 0; i < times; i++) tf.dispose(graph.run([x]));
    };
    run(500);
    const [tensors, bytes] = [tf.memory().numTensors, process.memoryUsage().rss];
    run(10_000);
    assert.equal(tf.memory().numTensors, tensors);
    assert.ok(process.memoryUsage().rss - bytes < 40e6, `${process.memoryUsage().rss - bytes} bytes more`);
    graph.dispose();
    assert.equal(tf.memory().numTensors, tensors);
    tf.dispose([x, weight]);
  });
});
