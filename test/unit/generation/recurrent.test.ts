import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { searchBeams } from "../../../src/generation/beamSearch.ts";
import { createCachedWriter } from "../../../src/generation/cachedWriter.ts";
import { createPlainWriter } from "../../../src/generation/plainWriter.ts";
import { planWriting } from "../../../src/generation/plan.ts";
import { createWriteTexts } from "../../../src/generation/write.ts";

const VOCABULARY = 19;
const UNITS = 10;
const BEAMS = { beams: 3, lengthPenalty: 1, length: 9, vocabulary: VOCABULARY };
type Symbolic = Tf.SymbolicTensor;

describe("a recurrent model that writes", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("auto"));
  });

  const apply = (layer: Tf.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;
  const embed = (x: Symbolic, maskZero = false) =>
    apply(tf.layers.embedding({ inputDim: VOCABULARY, outputDim: 6, maskZero }), x);
  const finish = (inputs: Symbolic[], x: Symbolic): Tf.LayersModel => {
    const outputs = apply(tf.layers.dense({ units: VOCABULARY, activation: "softmax" }), x);
    const model = tf.model({ inputs, outputs });
    withSeededMathRandom(createRandom("recurrent"), () =>
      model.setWeights(model.getWeights().map(({ shape }) => tf.randomNormal(shape, 0, 1, "float32"))),
    );
    return model;
  };
  /** The decoder begins in the states that the encoder ends in. */
  const build = (kind: "lstm" | "gru" | "simpleRNN", maskZero = false): Tf.LayersModel => {
    const [source, written] = [tf.input({ shape: [null] }), tf.input({ shape: [null] })];
    const encoder = tf.layers[kind]({ units: UNITS, returnState: true });
    const [, ...states] = encoder.apply(embed(source, maskZero)) as Symbolic[];
    const dropped = { dropout: 0.3, recurrentDropout: 0.2 };
    const decoder = tf.layers[kind]({ units: UNITS, returnSequences: true, ...dropped }) as Tf.RNN;
    return finish([source, written], decoder.apply(embed(written), { initialState: states }) as Symbolic);
  };
  const SOURCES = Array.from({ length: 12 }, (_, at) =>
    Int32Array.from({ length: 5 }, (_none, place) => 4 + ((at * 3 + place * (at + 2)) % (VOCABULARY - 4))),
  );
  /** By all that has been written, each time anew, and each text alone. */
  const writeAnew = (model: Tf.LayersModel): (readonly number[])[] => {
    const plan = planWriting(model) ?? assert.fail();
    return SOURCES.map((source) => {
      const ids = tf.tensor2d(Float32Array.from(source), [1, source.length]);
      const [written] = searchBeams(tf, createPlainWriter(tf, model, plan, ids), 1, BEAMS);
      return written?.ids ?? [];
    });
  };

  for (const kind of ["lstm", "gru", "simpleRNN"] as const) {
    it(`writes by a ${kind} layer's states what it writes without: 3 beams`, () => {
      const model = build(kind);
      assert.ok(planWriting(model)?.steps !== undefined, "position by position");
      const { numTensors } = tf.memory();
      const written = createWriteTexts(tf, model, BEAMS)?.(SOURCES) ?? [];
      assert.equal(tf.memory().numTensors, numTensors);
      const expected = writeAnew(model);
      assert.deepEqual(
        written.map(({ ids }) => ids),
        expected,
      );
      assert.ok(new Set(expected.map(String)).size > 6, "each text its own");
    });
  }

  it("says the same of each next token, from states of zero", () => {
    const ids = tf.input({ shape: [null] });
    const layers = [
      tf.layers.lstm({ units: UNITS, returnSequences: true }),
      tf.layers.gru({ units: UNITS, returnSequences: true }),
      tf.layers.simpleRNN({ units: UNITS, returnSequences: true }),
    ];
    const model = finish(
      [ids],
      layers.reduce((x, layer) => apply(layer, x), embed(ids)),
    );
    const plan = planWriting(model) ?? assert.fail();
    const writer = createCachedWriter(tf, plan, undefined);
    const text = [5, 9, 4, 11, 11, 6];
    const whole = (model.predict(tf.tensor2d([text])) as Tf.Tensor3D).dataSync();
    for (const [position, token] of text.entries()) {
      const said = writer.next(Int32Array.of(token), Int32Array.of(0)).dataSync();
      for (const [id, score] of said.entries()) {
        const expected = Math.log(whole[position * VOCABULARY + id] ?? 0);
        assert.ok(Math.abs(score - expected) < 1e-4, `${position}, ${id}: ${score} ${expected}`);
      }
    }
    writer.dispose();
  });

  it("is computed anew for each token where steps are masked, or need later ones", () => {
    assert.equal(planWriting(build("lstm", true))?.steps, undefined);
    for (const config of [{ goBackwards: true }, { stateful: true, batchInputShape: [1, null, 6] }]) {
      const written = tf.input({ batchShape: [1, null] });
      const layer = tf.layers.gru({ units: UNITS, returnSequences: true, ...(config as object) });
      assert.equal(planWriting(finish([written], apply(layer, embed(written))))?.steps, undefined);
    }
  });
});
