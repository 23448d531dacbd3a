import assert from "node:assert/strict";
import { describeData } from "../../../src/data/describe.ts";
import type { DataSet } from "../../../src/data/types.ts";
import { buildTokenizer } from "../../../src/language/tokenizers.ts";
import { settingsSchema } from "../../../src/protocol/settings.ts";

const base = { spec: "points", sha256: "ab", xShape: [2], yShape: [], scale: 0.5, offset: 1 };

describe("what is in a data set", () => {
  it("is told as a network sees it, with the examples of each class in each split", () => {
    const data: DataSet = {
      ...base,
      classes: 3,
      train: { count: 3, x: Uint8Array.of(0, 2, 4, 6, 8, 10), y: Int32Array.of(0, 2, 2) },
      validation: { count: 1, x: Uint8Array.of(0, 0), y: Int32Array.of(1) },
      test: { count: 0, x: new Uint8Array(0), y: new Int32Array(0) },
    };
    assert.deepEqual(describeData(data), {
      ...{ spec: "points", sha256: "ab", xShape: [2], yShape: [], from: "train" },
      x: { min: 1, max: 6, mean: 3.5 },
      splits: [
        { name: "train", count: 3, perClass: [1, 0, 2] },
        { name: "validation", count: 1, perClass: [0, 1, 0] },
        { name: "test", count: 0, perClass: [0, 0, 0] },
      ],
      examples: [],
    });
  });

  it("comes with the first examples, none where they are large", () => {
    const split = { count: 3, x: Uint8Array.of(0, 2, 4, 6, 8, 10), y: Int32Array.of(0, 2, 1) };
    const classNames = ["a", "b", "c"];
    const data: DataSet = { ...base, classes: 3, classNames, train: split, validation: split, test: split };
    assert.deepEqual(describeData(data).classNames, classNames);
    assert.deepEqual(describeData(data, 2).examples, [
      { x: [1, 2], y: [0] },
      { x: [3, 4], y: [2] },
    ]);
    assert.equal(describeData(data, 9).examples.length, 3);
    const size = 2 ** 17;
    const large = { count: 1, x: new Uint8Array(size), y: Int32Array.of(0) };
    const wide: DataSet = { ...base, xShape: [size], classes: 1, train: large, validation: large, test: large };
    assert.deepEqual(describeData(wide, 1).examples, []);
  });

  it("is of the validation split where training examples are streamed: none of these is read", () => {
    const split = { count: 2, x: Uint8Array.of(2, 4, 6, 8), y: Int32Array.of(1, 1) };
    const train = { count: 40_000_000, start: () => assert.fail("it is read") };
    const described = describeData({ ...base, classes: 2, train, validation: split, test: split }, 5);
    assert.equal(described.from, "validation");
    assert.deepEqual(described.x, { min: 2, max: 5, mean: 3.5 });
    assert.deepEqual(described.splits, [
      { name: "train", count: 40_000_000 },
      { name: "validation", count: 2, perClass: [0, 2] },
      { name: "test", count: 2, perClass: [0, 2] },
    ]);
    assert.deepEqual(described.examples, [
      { x: [2, 3], y: [1] },
      { x: [4, 5], y: [1] },
    ]);
  });

  it("tells the range of targets that are values", () => {
    const split = { count: 2, x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(-1, 5) };
    const { y, splits } = describeData({ ...base, yShape: [1], train: split, validation: split, test: split });
    assert.deepEqual(y, { min: -1, max: 5, mean: 2 });
    assert.deepEqual(splits[0], { name: "train", count: 2 });
  });

  it("shows texts as such, with how many tokens there are in place of how often each is", () => {
    const tokenizer = buildTokenizer(["a b"], settingsSchema.parse({}).text);
    // "a", unknown, "b" is to be read; "b" to be written.
    const x = Float32Array.of(4, 1, 5, 3, 2, 5, 0);
    const split = { count: 1, x, y: Int32Array.of(5, 3, 0) };
    const xFields = [
      { name: "source", shape: [4] },
      { name: "target", shape: [3] },
    ];
    const pairs = { ...base, xShape: [7], yShape: [3], xFields, classes: 6, texts: { tokenizer } };
    const described = describeData({ ...pairs, scale: 1, offset: 0, train: split, validation: split, test: split }, 1);
    assert.deepEqual(
      [described.vocabulary, described.y, described.splits[0]],
      [6, undefined, { name: "train", count: 1 }],
    );
    assert.deepEqual(described.examples, [{ x: [...x], y: [5, 3, 0], texts: ["a <unk> b", "b"] }]);
    const classed = { count: 2, x: Float32Array.of(0, 4, 5, 4), y: Int32Array.of(1, 0) };
    const labelled = { ...base, scale: 1, offset: 0, classes: 2, texts: { tokenizer } };
    const { splits, examples } = describeData({ ...labelled, train: classed, validation: classed, test: classed }, 2);
    assert.deepEqual(splits[0]?.perClass, [1, 1]);
    assert.deepEqual(
      examples.map(({ texts }) => texts),
      [["a"], ["b a"]],
    );
  });
});
