import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { readGiven } from "../../../../src/data/given/given.ts";
import type { DataSet } from "../../../../src/data/types.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";

const OPTIONS = { validationSplit: 0.25, seed: 1, exampleRank: 1 };
const COUNT = 20;
const rows = Array.from({ length: COUNT }, (_, at) => [at, at / 2, 1 - at]);
const ids = rows.map((_, at) => at % 3);

/** Example → target, over all splits. */
const pairs = ({ train, validation, test, xShape }: DataSet) =>
  [train, validation, test]
    .flatMap(({ count, x, y }) =>
      Array.from({ length: count }, (_, at) => {
        const size = xShape.reduce((all, length) => all * length, 1);
        return [[...x.subarray(at * size, (at + 1) * size)], y.length === count ? y[at] : undefined] as const;
      }),
    )
    .sort(([a], [b]) => (a[0] ?? 0) - (b[0] ?? 0));

describe("data that a user's function gives", () => {
  const expected = rows.map((row, at) => [row, ids[at]]);
  async function* stream() {
    for (const [at, x] of rows.entries()) {
      await null;
      yield { x, y: ids[at] };
    }
  }
  for (const [what, give] of [
    ["nested arrays", () => ({ x: rows, y: ids })],
    ["tensors", () => ({ x: tf.tensor2d(rows), y: tf.tensor1d(ids, "int32") })],
    ["the names of TensorFlow.js", () => ({ xs: tf.tensor2d(rows), ys: tf.tensor2d(ids, [COUNT, 1], "int32") })],
    ["typed arrays in a list", () => ({ x: rows.map((row) => Float32Array.from(row)), y: Uint8Array.from(ids) })],
    ["a list of examples", () => rows.map((x, at) => ({ x, y: ids[at] }))],
    ["pairs", () => rows.map((x, at) => [x, ids[at]])],
    ["an asynchronous generator", stream],
    ["a Dataset", () => tf.data.zip({ xs: tf.data.array(rows), ys: tf.data.array(ids) })],
    [
      "a Dataset of tensors",
      () =>
        tf.data.generator(function* () {
          for (const [at, row] of rows.entries()) yield { xs: tf.tensor1d(row), ys: tf.scalar(ids[at] ?? 0, "int32") };
        }),
    ],
    [
      "a Dataset of batches, the last one smaller",
      () => tf.data.zip({ xs: tf.data.array(rows), ys: tf.data.array(ids) }).batch(6),
    ],
    ["one split by name", () => ({ train: { x: rows, y: ids } })],
  ] as const) {
    it(`is taken as ${what}: all examples with their classes, cut by the seed`, async () => {
      const data = await readGiven("custom", await give(), OPTIONS);
      assert.deepEqual([data.xShape, data.yShape, data.classes], [[3], [], 3]);
      assert.deepEqual(
        [data.train.count, data.validation.count, data.test.count],
        [13, 5, 2],
        "a tenth for the test, then a quarter of the rest",
      );
      assert.deepEqual(pairs(data), expected);
      const again = await readGiven("custom", await give(), OPTIONS);
      assert.equal(again.sha256, data.sha256);
      assert.deepEqual(again.train.x, data.train.x);
      const other = await readGiven("custom", await give(), { ...OPTIONS, seed: 2 });
      assert.equal(other.sha256, data.sha256, "what was given is the same");
      assert.notDeepEqual(other.train.x, data.train.x);
    });
  }

  it("keeps splits that are given", async () => {
    const part = (from: number, to: number) => ({ x: rows.slice(from, to), y: ids.slice(from, to) });
    const given = { train: part(0, 9), validation: part(9, 14), test: part(14, 20) };
    const data = await readGiven("custom", given, OPTIONS);
    assert.deepEqual([...data.validation.x], rows.slice(9, 14).flat().map(Math.fround));
    assert.deepEqual([...data.test.y], ids.slice(14));
    assert.equal(data.train.count, 9);
  });

  it("takes targets as values where the loss compares values, and of any shape", async () => {
    const whole = await readGiven("custom", { x: rows, y: ids }, { ...OPTIONS, wantsValues: true });
    assert.deepEqual([whole.yShape, whole.classes], [[1], undefined]);
    assert.ok(whole.train.y instanceof Float32Array);
    const wide = await readGiven("custom", { x: rows, y: rows }, OPTIONS);
    assert.deepEqual([wide.yShape, wide.classes], [[3], undefined]);
    const fractions = await readGiven("custom", { x: rows, y: rows.map(() => 0.5) }, OPTIONS);
    assert.deepEqual([fractions.yShape, fractions.classes], [[1], undefined]);
  });

  it("keeps weights with their examples, however they come, and tells data apart by them", async () => {
    const w = rows.map((_, at) => at / 4);
    const byExample = (data: DataSet) =>
      [data.train, data.validation, data.test].flatMap((split) =>
        [...(split.w ?? [])].map((weight, at) => [split.x[at * 3], weight] as const),
      );
    const forms = [
      { x: rows, y: ids, w },
      { xs: tf.tensor2d(rows), ys: ids, w: tf.tensor1d(w) },
      rows.map((x, at) => ({ x, y: ids[at], w: w[at] })),
      rows.map((x, at) => [x, ids[at], w[at]]),
    ];
    const plain = await readGiven("custom", { x: rows, y: ids }, OPTIONS);
    for (const form of forms) {
      const data = await readGiven("custom", form, OPTIONS);
      assert.deepEqual(data.wShape, []);
      assert.equal(byExample(data).length, COUNT);
      for (const [first = Number.NaN, weight] of byExample(data)) assert.equal(weight, first / 4);
      assert.notEqual(data.sha256, plain.sha256);
    }
    assert.equal("w" in plain.train || "wShape" in plain, false);
    const positions = { x: rows, y: rows, w: rows.map(() => [0, 1, 1]) };
    const wide = await readGiven("custom", positions, OPTIONS);
    assert.deepEqual([wide.wShape, wide.train.w?.length], [[3], 13 * 3]);
  });

  it("takes ids of each position where they are wanted, and does not count the one that stands for padding", async () => {
    const y = rows.map((_, at) => [at % 3, 255, -1]);
    const options = { ...OPTIONS, wantsIds: true };
    const tokens = await readGiven(
      "custom",
      { x: rows, y: y.map(([id]) => [id, 255]) },
      { ...options, ignoreTarget: 255 },
    );
    assert.deepEqual([tokens.yShape, tokens.classes], [[2], 3]);
    assert.ok(tokens.train.y instanceof Int32Array);
    await assert.rejects(readGiven("custom", { x: rows, y }, { ...options, ignoreTarget: 255 }), /a target is -1/);
  });

  it("keeps bytes as bytes", async () => {
    const images = tf.tensor(
      Uint8Array.from({ length: 5 * 4 }, (_, at) => at),
      [5, 2, 2],
      "int32",
    );
    const data = await readGiven(
      "custom",
      { x: [...Array(5)].map(() => new Uint8Array(4)), y: [0, 1, 0, 1, 0] },
      OPTIONS,
    );
    assert.ok(data.train.x instanceof Uint8Array);
    assert.deepEqual(
      (await readGiven("custom", { x: images, y: [0, 1, 0, 1, 0] }, { ...OPTIONS, exampleRank: 2 })).xShape,
      [2, 2],
    );
  });

  const nan = rows.map((row, at) => (at === 7 ? [0, Number.NaN, 0] : row));
  for (const [what, given, message] of [
    ["nothing", undefined, /it gives undefined/],
    ["a number", 5, /it gives a number/],
    ["no targets", { x: rows }, /y is undefined/],
    ["ragged rows", { x: [[1, 2], [3]], y: [0, 1] }, /x\[1\] has shape \[1\], x\[0\] has \[2\]/],
    ["text", { x: [["a"]], y: [0] }, /x\[0\]\[0\] is a string/],
    ["other numbers of targets", { x: rows, y: [1] }, /x has 20 examples, but y has 1/],
    ["no examples", { x: [], y: [] }, /x has no examples/],
    ["an empty stream", [], /gives no examples/],
    ["NaN", { x: nan, y: ids }, /x has NaN in example 7/],
    ["negative classes", { x: rows, y: ids.map((id) => id - 1) }, /a target is -1/],
    [
      "examples of two shapes",
      [
        { x: [1], y: 0 },
        { x: [1, 2], y: 0 },
      ],
      /x of example 1 has shape \[2\]/,
    ],
    ["splits of two shapes", { train: { x: rows, y: ids }, test: { x: [[1]], y: [0] } }, /"test" have other shapes/],
    [
      "other numbers of weights",
      { x: rows, y: ids, w: [1] },
      /w has shape \[1\], which does not go with targets of shape \[20\]/,
    ],
    ["one weight", { x: rows, y: ids, w: 1 }, /w has shape \[\]/],
    ["negative weights", { x: rows, y: ids, w: ids.map((id) => id - 1) }, /w has the weight -1/],
    ["weights that are none", { x: rows, y: ids, w: ids.map(() => Number.NaN) }, /w has NaN in example 0/],
    [
      "weights of one split",
      { train: { x: rows, y: ids, w: ids }, test: { x: rows, y: ids } },
      /only one of "train" and "test" has weights/,
    ],
    [
      "weights of some examples",
      [
        { x: [1], y: 0, w: 1 },
        { x: [1], y: 0 },
      ],
      /example 1 has no weight/,
    ],
    [
      "weights of later examples",
      [
        { x: [1], y: 0 },
        { x: [1], y: 0, w: 1 },
      ],
      /example 0 has no weight/,
    ],
    ["two examples", { x: [[1], [2]], y: [0, 1] }, /too few/],
  ] as const) {
    it(`is refused as ${what}, in words`, async () => {
      await assert.rejects(readGiven("custom", given, OPTIONS), (error) => {
        assert.ok(error instanceof WhittleError, String(error));
        assert.match(error.message, message);
        assert.ok(error.remedy.length > 10);
        return true;
      });
    });
  }

  it("is read or refused, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), fc.record({ x: fc.anything(), y: fc.anything() })), async (given) => {
        try {
          await readGiven("custom", given, OPTIONS);
        } catch (error) {
          assert.ok(error instanceof WhittleError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
