import assert from "node:assert/strict";
import type { DataSet, Split, TextPair } from "../../../src/data/types.ts";
import { SPECIAL } from "../../../src/language/tokenizer.ts";
import { buildTokenizer } from "../../../src/language/tokenizers.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { predictionsSchema } from "../../../src/protocol/predictions.ts";
import { compareTexts, packTexts, testTextsOf, unpackTexts } from "../../../src/trainer/textPredictions.ts";

const PAIRS: readonly TextPair[] = [
  { source: "ein hund", reference: "a dog runs over there now" },
  { source: "eine katze", reference: "a cat sits over here now" },
];

function makeData(): DataSet {
  const tokenizer = buildTokenizer(
    ["a dog runs over there now", "a cat sits over here now"],
    resolveSettings({}, {}).text,
  );
  const split = (): Split => ({ count: 2, x: new Float32Array(2), y: new Int32Array(2) });
  return {
    ...{ spec: "pairs", sha256: "", xShape: [1], yShape: [1], scale: 1, offset: 0, padding: "end" },
    ...{ train: split(), validation: split(), test: split(), classes: tokenizer.size },
    texts: { tokenizer, pairs: { validation: PAIRS, test: PAIRS.toReversed() } },
  };
}

describe("what two models write", () => {
  const data = makeData();
  const idsOf = (text: string): number[] => [...(data.texts?.tokenizer.encode(text) ?? [])];
  const judgement = (validation: readonly string[], test: readonly string[]) => ({
    predicted: packTexts(validation.map(idsOf)),
    test: packTexts(test.map(idsOf)),
  });
  const dense = judgement(["a dog runs over there now", "a cat sits"], ["a cat", "a dog"]);
  const pruned = judgement(["a dog runs over there now", ""], ["a", ""]);

  it("is kept as one list of ids, texts of no token included", () => {
    const written = [[5, 6], [], [7], []];
    assert.deepEqual(unpackTexts(packTexts(written)), written);
    assert.deepEqual([...packTexts([[9], []])], [9, SPECIAL.end, SPECIAL.end]);
  });

  it("stands beside source and reference, what has changed first", () => {
    const found = predictionsSchema.parse(compareTexts(data, dense, pruned, []));
    assert.ok(found.of === "texts");
    assert.deepEqual(found.examples, [
      { ...PAIRS[1], dense: "a cat sits", pruned: "" },
      { ...PAIRS[0], dense: "a dog runs over there now", pruned: "a dog runs over there now" },
    ]);
    const { metric } = found;
    assert.ok(metric !== undefined && metric.dense > metric.pruned && metric.dense < 100);
    assert.match(metric.signature, /tok:13a/);
    const same = judgement(["a dog runs over there now", "a cat sits over here now"], []);
    assert.equal(compareTexts(data, same, same, []).metric?.pruned.toFixed(6), "100.000000");
  });

  it("stands beside what the data go on with, where a model goes on with texts", () => {
    const whole = "a dog runs over there now a cat sits over here now";
    const ids = idsOf(whole);
    const { pairs: _pairs, ...texts } = data.texts ?? assert.fail();
    const split = { count: 3, x: Float32Array.from(ids), y: Int32Array.from(ids) };
    const plain: DataSet = { ...data, xShape: [4], yShape: [4], validation: split, texts };
    const judged = (...written: readonly string[]) => ({ predicted: packTexts(written.map(idsOf)) });
    const before = judged("runs over", "now a", "a a");
    const found = predictionsSchema.parse(compareTexts(plain, before, judged("sits", "", "dog"), []));
    assert.ok(found.of === "texts" && found.metric === undefined);
    assert.deepEqual(found.examples, [
      { source: "a dog", reference: "runs over", dense: "runs over", pruned: "sits" },
      { source: "there now", reference: "a cat", dense: "now a", pruned: "" },
      { source: "sits over", reference: "here now", dense: "a a", pruned: "dog" },
    ]);
    assert.equal(testTextsOf(plain, before, before), undefined);
  });

  it("says which tokens an embedding has lost: all of their row, and no special ones", () => {
    const size = data.texts?.tokenizer.size ?? 0;
    const mask = new Float32Array(size * 2).fill(1);
    const clear = (token: string, from: number): void => {
      const [id = 0] = idsOf(token);
      mask.fill(0, id * 2 + from, id * 2 + 2);
    };
    clear("cat", 0);
    clear("dog", 1);
    mask.fill(0, 0, 2 * (SPECIAL.end + 1));
    const tables = [
      { shape: [size, 2], mask },
      // Of positions, which are no tokens.
      { shape: [3, 2], mask: new Float32Array(6) },
    ];
    assert.deepEqual(compareTexts(data, dense, pruned, tables).lost, { count: 1, tokens: ["cat"] });
    const other = { shape: [size, 1], mask: new Float32Array(size).fill(1) };
    assert.deepEqual(compareTexts(data, dense, pruned, [...tables, other]).lost, { count: 0, tokens: [] });
    assert.deepEqual(compareTexts(data, dense, pruned, []).lost, { count: 0, tokens: [] });
  });

  it("is all there for the test split, in its order", () => {
    assert.deepEqual(testTextsOf(data, dense, pruned), {
      source: ["eine katze", "ein hund"],
      reference: ["a cat sits over here now", "a dog runs over there now"],
      dense: ["a cat", "a dog"],
      pruned: ["a", ""],
    });
  });
});
