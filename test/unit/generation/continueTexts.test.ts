import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { createRandom } from "../../../src/data/random.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { createContinuing } from "../../../src/generation/continueTexts.ts";
import { planWriting } from "../../../src/generation/plan.ts";
import { buildLanguageModel, LONGEST, VOCABULARY } from "./languageModel.ts";
import { buildTransformer } from "./transformer.ts";

const SPECIAL_COUNT = 4;
const BEGINNINGS = [[5], [7, 9, 4, 22, 6], [...Array(LONGEST - 1).keys()].map((at) => 4 + at), [4, 8, 4, 1, 11]];
const LONG = Array.from({ length: 2 * LONGEST + 3 }, (_, at) => 4 + ((5 * at) % 19));

describe("how a language model goes on", () => {
  let tf: TF;
  let model: Tf.LayersModel;
  before(async () => {
    ({ tf } = await loadEngine("auto"));
    model = buildLanguageModel(tf);
  });
  const never = (): number => assert.fail("nothing is drawn");
  const continuing = (temperature: number, length: number, of = model) => {
    const made = createContinuing(tf, of, { temperature, length, vocabulary: VOCABULARY });
    assert.ok(made !== undefined);
    return made;
  };
  /** What the model itself says of the token behind these, by id. */
  const probabilitiesAfter = (ids: readonly number[]): Float32Array =>
    tf.tidy(() => {
      const outputs = model.predict(tf.tensor2d([[...ids]])) as Tf.Tensor3D;
      return tf.slice(outputs, [0, ids.length - 1, 0], [1, 1, VOCABULARY]).dataSync() as Float32Array;
    });
  const likeliest = (ids: readonly number[]): number => {
    const possible = probabilitiesAfter(ids).subarray(SPECIAL_COUNT);
    return SPECIAL_COUNT + possible.indexOf(Math.max(...possible));
  };

  it("takes the likeliest token at temperature 0, which is no special one: together and cached as anew and alone", () => {
    assert.ok(planWriting(model)?.steps !== undefined, "position by position");
    const before = tf.memory().numTensors;
    // The longest that the model sees whole has room for one token more.
    const written = continuing(0, 1).write(BEGINNINGS, never);
    assert.equal(tf.memory().numTensors, before, "nothing is left behind");
    assert.deepEqual(
      written,
      BEGINNINGS.map((ids) => [likeliest(ids)]),
    );
    const [first = []] = continuing(0, LONGEST - 1).write([[5]], never);
    const expected = [5];
    while (expected.length < LONGEST) expected.push(likeliest(expected));
    assert.deepEqual(first, expected.slice(1));
    assert.ok(new Set(first).size > 2, "not one token again and again");
  });

  it("goes on from the later half of what the model sees, once that is full", () => {
    const length = 3 * LONGEST;
    const { seenOf, write } = continuing(0, length);
    assert.deepEqual([1, LONGEST - 1, LONGEST, LONG.length].map(seenOf), [1, LONGEST - 1, LONGEST / 2, LONGEST / 2]);
    for (const [at, found] of write([[5], LONG], never).entries()) {
      const ids = [...([[5], LONG][at] ?? [])];
      const end = ids.length + length;
      let from = ids.length < LONGEST ? 0 : ids.length - LONGEST / 2;
      while (ids.length < end) {
        if (ids.length - from > LONGEST) from = ids.length - LONGEST / 2;
        ids.push(likeliest(ids.slice(from)));
      }
      assert.deepEqual(found, ids.slice(-length), `text ${at}`);
    }
  });

  for (const temperature of [0.5, 1, 2]) {
    it(`draws each token as often as the model says, at temperature ${temperature}`, () => {
      const count = 2000;
      const beginning = [7, 9, 4];
      const raised = Float64Array.from(probabilitiesAfter(beginning), (value) => value ** (1 / temperature));
      const possible = raised.subarray(SPECIAL_COUNT);
      const sum = possible.reduce((total, value) => total + value, 0);
      // Evenly over [0, 1): each token gets its share to one draw or two.
      const written = continuing(temperature, 1).write(Array(count).fill(beginning), (text) => (text + 0.5) / count);
      for (const [at, value] of possible.entries()) {
        const found = written.filter(([id]) => id === SPECIAL_COUNT + at).length;
        assert.ok(Math.abs(found - (count * value) / sum) < 2, `token ${at}: ${found}`);
      }
    });
  }

  it("draws for each text by itself, whatever others there are beside it", () => {
    const drawsOf = () => {
      const streams = BEGINNINGS.map((_, text) => createRandom("draws", text));
      return (text: number) => streams[text]?.next() ?? 0;
    };
    const { write } = continuing(1, 25);
    const together = write(BEGINNINGS, drawsOf());
    assert.deepEqual(write(BEGINNINGS, drawsOf()), together);
    assert.deepEqual(write(BEGINNINGS.slice(0, 1), drawsOf()), together.slice(0, 1));
    assert.ok(together.flat().every((id) => id >= SPECIAL_COUNT && id < VOCABULARY));
  });

  it("is as well that of a model that needs all positions at once", () => {
    const ids = tf.input({ shape: [null] });
    const embedded = tf.layers.embedding({ inputDim: VOCABULARY, outputDim: 8 }).apply(ids);
    const read = tf.layers.conv1d({ filters: 8, kernelSize: 3, padding: "same" }).apply(embedded);
    const outputs = tf.layers.dense({ units: VOCABULARY, activation: "softmax" }).apply(read) as Tf.SymbolicTensor;
    const convolution = tf.model({ inputs: ids, outputs });
    assert.equal(planWriting(convolution)?.steps, undefined);
    const [found = []] = continuing(0, 5, convolution).write([[6, 7]], never);
    const expected = [6, 7];
    while (expected.length < 7) {
      const said = (convolution.predict(tf.tensor2d([expected])) as Tf.Tensor3D).dataSync();
      const last = said.slice((expected.length - 1) * VOCABULARY + SPECIAL_COUNT);
      expected.push(SPECIAL_COUNT + last.indexOf(Math.max(...last)));
    }
    assert.deepEqual(found, expected.slice(2));
  });

  it("is not of a model that translates, nor of no text at all", () => {
    const options = { temperature: 1, length: 1, vocabulary: VOCABULARY };
    assert.equal(createContinuing(tf, buildTransformer(tf), options), undefined);
    assert.throws(() => continuing(1, 1).write([[]], never), RangeError);
    assert.deepEqual(continuing(1, 1).write([], never), []);
  });
});
