import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { searchBeams } from "../../../src/generation/beamSearch.ts";
import { createPlainWriter } from "../../../src/generation/plainWriter.ts";
import { planWriting } from "../../../src/generation/plan.ts";
import { createWriteTexts } from "../../../src/generation/write.ts";
import { buildTransformer, drawSources, VOCABULARY } from "./transformer.ts";

describe("what a model writes", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("auto"));
  });

  /** Without a cache, each example by itself, so without padding and without others beside it. */
  function writePlainly(model: Tf.LayersModel, source: Int32Array, options: Parameters<typeof searchBeams>[3]) {
    const plan = planWriting(model);
    assert.ok(plan !== undefined);
    const ids = tf.tensor2d(Float32Array.from(source), [1, source.length]);
    const [written] = searchBeams(tf, createPlainWriter(tf, model, plan, ids), 1, options);
    ids.dispose();
    return written;
  }

  for (const [beams, count] of [
    [1, 50],
    [4, 200],
  ] as const) {
    it(`is by ${beams} beams, cached and together, what it is without a cache, each alone: ${count} texts`, () => {
      const model = buildTransformer(tf);
      const options = { beams, lengthPenalty: 1, length: 12, vocabulary: VOCABULARY };
      const sources = drawSources(count);
      assert.ok(planWriting(model)?.steps !== undefined, "position by position");
      const before = tf.memory().numTensors;
      const written = createWriteTexts(tf, model, options)?.(sources) ?? [];
      assert.equal(tf.memory().numTensors, before, "nothing is left behind");
      for (const [at, source] of sources.entries()) {
        const expected = writePlainly(model, source, options);
        assert.deepEqual(written[at]?.ids, expected?.ids, `text ${at}`);
        assert.ok(Math.abs((written[at]?.score ?? 0) - (expected?.score ?? 0)) < 1e-4);
      }
      const lengths = new Set(written.map(({ ids }) => ids.length));
      assert.ok(lengths.size > 3, "of different lengths");
    });
  }
});
