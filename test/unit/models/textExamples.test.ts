/** The examples that read and write texts: what they see of what they are given, and what is trained of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { loadDefinition } from "../../../src/models/load.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { nameWeights } from "../../../src/models/weightNames.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
const SMALL = { vocabulary: 20, width: 8, layers: 2, heads: 2 };

type Rows = number[][];

describe("examples for texts", () => {
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  const load = (name: string) => loadDefinition(tf, join(EXAMPLES, `${name}.model.ts`), "default");
  const build = async (name: string, args = {}) => (await load(name)).build(args);

  /** Of the first example, the values at its first positions. */
  const predict = (model: tf.LayersModel, positions: number, ...ids: Rows[]): number[] =>
    tf.tidy(() => {
      const given = ids.map((rows) => tf.tensor2d(rows));
      const output = model.predict(given.length === 1 && given[0] ? given[0] : given) as tf.Tensor3D;
      return [...tf.slice(output, [0, 0, 0], [1, positions, -1]).dataSync()];
    });

  const differ = (one: readonly number[], other: readonly number[]): number =>
    one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? Number.NaN))), 0);

  it("translation sees all of what it reads, what it has written, and no padding", async () => {
    const model = await build("translation", SMALL);
    const [source, target] = [
      [5, 6, 7, 3],
      [2, 8, 9],
    ];
    const found = predict(model, 3, [source], [target]);
    assert.equal(found.length, 3 * SMALL.vocabulary);
    assert.ok(differ(found, predict(model, 3, [[...source, 0, 0]], [[...target, 0]])) < 1e-6);
    const later = predict(model, 3, [source], [[2, 8, 10]]);
    assert.ok(differ(found.slice(0, 2 * SMALL.vocabulary), later.slice(0, 2 * SMALL.vocabulary)) < 1e-6);
    assert.ok(differ(found, later) > 1e-5);
    assert.ok(differ(found.slice(0, SMALL.vocabulary), predict(model, 1, [[5, 6, 7, 4]], [target])) > 1e-5);
  });

  it("characters sees no later one", async () => {
    const model = await build("characters", SMALL);
    const [found, later] = [[[4, 5, 6, 7]], [[4, 5, 6, 8]]].map((rows) => predict(model, 4, rows));
    const width = 3 * SMALL.vocabulary;
    assert.ok(differ(found?.slice(0, width) ?? [], later?.slice(0, width) ?? []) < 1e-6);
    assert.ok(differ(found ?? [], later ?? []) > 1e-5);
  });

  for (const name of ["translation", "characters", "reviews"]) {
    it(`${name} is trained from logits, and its embedding is pruned with all else`, async () => {
      const { settings, build: make } = await load(name);
      const model = await make();
      assert.ok(createObjective(tf, model, "sparseCategoricalCrossentropy").fromLogits);
      assert.equal(settings.pruning?.layers, undefined);
      const names = [...nameWeights(model).values()];
      assert.ok(names.includes(name === "reviews" ? "words/embeddings" : "tokens/tokens"));
      assert.equal(new Set(names).size, names.length);
    });
  }

  it("reviews has as many of each kind, none twice, whose words say nothing by themselves", () => {
    const lines = readFileSync(join(EXAMPLES, "reviews.jsonl"), "utf8").trimEnd().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as { readonly text: string; readonly label: string });
    assert.equal(rows.length, 1200);
    assert.equal(new Set(rows.map(({ text }) => text)).size, rows.length);
    const positive = rows.filter(({ label }) => label === "positive");
    assert.equal(positive.length, 600);
    const having = (of: typeof rows, word: string) => of.filter(({ text }) => text.split(" ").includes(word)).length;
    for (const word of new Set(rows.flatMap(({ text }) => text.split(" ")))) {
      const [all, good] = [having(rows, word), having(positive, word)];
      // Three deviations of as many coins.
      assert.ok(Math.abs(good - all / 2) <= 1.5 * Math.sqrt(all), `${word}: ${good} of ${all}`);
    }
  });
});
