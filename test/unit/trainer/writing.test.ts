import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { createWriteTexts } from "../../../src/generation/write.ts";
import { bleu } from "../../../src/language/bleu.ts";
import { SPECIAL } from "../../../src/language/tokenizer.ts";
import { buildTokenizer } from "../../../src/language/tokenizers.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createTask } from "../../../src/models/task.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { checkWriting, createWriteSplit } from "../../../src/trainer/writing.ts";
import { buildTransformer, drawSources, VOCABULARY } from "../generation/transformer.ts";

const WIDTH = 14;
const WORDS = Array.from({ length: VOCABULARY - 4 }, (_, at) => `w${at}`);
const settings = resolveSettings({}, { metrics: ["bleu"], generation: { length: 6, examples: 3 } });
const tokenizer = buildTokenizer([WORDS.join(" ")], settings.text);

/** Each source, and as its translation the same words. */
function makeData(): DataSet {
  const split = (from: number, count: number): Split => {
    const x = new Float32Array(count * 2 * WIDTH);
    const y = new Int32Array(count * WIDTH);
    for (const [row, ids] of drawSources(from + count)
      .slice(from)
      .entries()) {
      x.set([...ids, SPECIAL.end], row * 2 * WIDTH);
      x.set([SPECIAL.begin, ...ids], (2 * row + 1) * WIDTH);
      y.set([...ids, SPECIAL.end], row * WIDTH);
    }
    return { count, x, y };
  };
  const pairs = (from: number, count: number) =>
    drawSources(from + count)
      .slice(from)
      .map((ids) => ({ source: tokenizer.decode(ids), reference: tokenizer.decode(ids) }));
  const field = (name: string) => ({ name, shape: [WIDTH] });
  return {
    ...{ spec: "pairs", sha256: "", xShape: [2 * WIDTH], yShape: [WIDTH], scale: 1, offset: 0, padding: "end" },
    ...{ xFields: [field("source"), field("target")], classes: VOCABULARY },
    ...{ train: split(0, 40), validation: split(40, 9), test: split(49, 5) },
    texts: { tokenizer, pairs: { validation: pairs(40, 9), test: pairs(49, 5) } },
  };
}

describe("a model that writes, as it is trained", () => {
  const data = makeData();
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("auto"));
  });
  const networkOf = (model: Tf.LayersModel, trims?: boolean) => {
    const task = createTask(tf, model, data, settings, {}, undefined);
    assert.equal(task.ignoreTarget, SPECIAL.padding);
    const { generation } = settings;
    return createNetwork(tf, { ...task, trims: trims ?? task.trims, model, generation, layers: ["**"] });
  };

  it("has the loss and the gradients that it has where nothing is cut off batches", () => {
    const model = buildTransformer(tf, null, 0);
    const [cut, whole] = [networkOf(model), networkOf(model, false)];
    const losses = [cut, whole].map((network) => network.evaluate(data, data.validation).loss);
    assert.ok(Math.abs((losses[0] ?? 0) - (losses[1] ?? 0)) < 1e-5 * (losses[1] ?? 0), String(losses));
    // The shortest examples, which are cut the most.
    const order = Uint32Array.from(shortest(8));
    const gradients = [cut, whole].map((network) => {
      const batch = network.batches.training(data, order, 0, order.length);
      const examples = batch.read(batch.inputs);
      assert.equal(examples.y.shape[1], network === cut ? 8 : WIDTH);
      const seed = tf.tensor1d([1], "int32");
      return network.differentiate(examples, seed).gradients.map((one) => Float32Array.from(one.dataSync()));
    });
    for (const [at, expected] of (gradients[1] ?? []).entries()) {
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const found = gradients[0]?.[at] ?? expected;
      for (const [index, value] of expected.entries())
        assert.ok(Math.abs(value - (found[index] ?? 0)) < 1e-4 * largest);
    }
  });

  const shortest = (count: number): number[] => {
    const lengthOf = (example: number): number =>
      data.train.x.subarray(example * 2 * WIDTH, (example * 2 + 1) * WIDTH).indexOf(0);
    return [...Array(data.train.count).keys()].sort((a, b) => lengthOf(a) - lengthOf(b)).slice(0, count);
  };

  it("writes for the first validation examples and all of the test split, and is scored by that", () => {
    const model = buildTransformer(tf);
    const network = networkOf(model);
    const write = createWriteSplit(tf, model, settings.generation);
    const [validation, test] = [write(data, data.validation), write(data, data.test)];
    assert.deepEqual([validation.length, test.length], [3, 5]);
    const sources = drawSources(54).map((ids) => Int32Array.from([...ids, SPECIAL.end]));
    const alone = createWriteTexts(tf, model, { ...settings.generation, vocabulary: VOCABULARY });
    assert.deepEqual(
      test,
      alone?.(sources.slice(49)).map(({ ids }) => ids),
    );
    const hypotheses = test.map((ids) => tokenizer.decode(ids));
    const references = data.texts?.pairs?.test.map(({ reference }) => reference) ?? [];
    assert.equal(network.evaluate(data, data.test).metric, bleu(hypotheses, references).score);
    const [first] = network.parameters;
    const masks = new Map([[first?.name ?? "", new Float32Array(first?.variable.size ?? 0)]]);
    const masked = network.evaluateMasked(data, data.test, masks);
    assert.equal(masked.metric, null);
    assert.ok(masked.loss > 0 && masked.loss !== network.evaluate(data, data.test).loss);
  });

  it("writes for a split once as long as its weights are the same, and anew when one changes", () => {
    const model = buildTransformer(tf);
    const write = createWriteSplit(tf, model, settings.generation);
    const [first, other] = [write(data, data.test), write(data, data.validation)];
    assert.equal(write(data, data.test), first);
    assert.equal(write(data, data.validation), other);
    const last = model.weights.at(-1)?.read() as Tf.Variable;
    const before = tf.clone(last);
    last.assign(tf.zerosLike(last));
    assert.notEqual(write(data, data.test), first);
    last.assign(before);
    assert.deepEqual(write(data, data.test), first);
    const embedding = model.weights.find(({ shape }) => shape[0] === VOCABULARY)?.read() as Tf.Variable;
    embedding.assign(tf.reverse(embedding, 0));
    assert.notDeepEqual(write(data, data.test), first);
  });

  it("is refused in words where there is nothing to write for, or nothing that writes", () => {
    const isRefused = (model: Tf.LayersModel, of: DataSet) =>
      assert.throws(
        () => checkWriting(tf, model, of, settings),
        (error) => error instanceof WhittleError && error.kind === "usage" && /pairs of texts/.test(error.message),
      );
    const { texts: _texts, ...pictures } = data;
    isRefused(buildTransformer(tf), pictures);
    isRefused(tf.sequential({ layers: [tf.layers.dense({ units: VOCABULARY, inputShape: [WIDTH] })] }), data);
    checkWriting(tf, buildTransformer(tf), data, settings);
  });
});
