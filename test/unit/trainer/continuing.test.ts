import assert from "node:assert/strict";
import type { DataSet } from "../../../src/data/types.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import { buildTokenizer } from "../../../src/language/tokenizers.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createDraws, partsOf } from "../../../src/trainer/continuing.ts";
import { createJudge } from "../../../src/trainer/judge.ts";
import { unpackTexts } from "../../../src/trainer/textPredictions.ts";
import { buildLanguageModel, VOCABULARY } from "../generation/languageModel.ts";
import { buildTransformer } from "../generation/transformer.ts";

const WIDTH = 6;

function makeData(count: number): DataSet {
  const ids = Float32Array.from({ length: count * WIDTH }, (_, at) => 4 + ((at * 7) % (VOCABULARY - 4)));
  const split = { count, x: ids, y: Int32Array.from(ids) };
  const words = Array.from({ length: VOCABULARY - 4 }, (_, at) => `w${at}`);
  const tokenizer = buildTokenizer([words.join(" ")], resolveSettings({}, {}).text);
  return {
    ...{ spec: "text", sha256: "", xShape: [WIDTH], yShape: [WIDTH], scale: 1, offset: 0, classes: VOCABULARY },
    ...{ train: split, validation: split, test: split, texts: { tokenizer } },
  };
}

describe("how a language model goes on with parts of the validation split", () => {
  it("takes first halves from all over the split, and at most twenty", () => {
    const parts = partsOf(makeData(90));
    assert.equal(parts.length, 20);
    const { x } = makeData(90).validation;
    for (const [at, { beginning, rest }] of parts.entries()) {
      const from = Math.floor(at * 4.5) * WIDTH;
      assert.deepEqual([...beginning], [...x.subarray(from, from + WIDTH / 2)]);
      assert.deepEqual([...rest], [...x.subarray(from + WIDTH / 2, from + WIDTH / 2 + 200)]);
    }
    assert.equal(partsOf(makeData(3)).length, 3);
    assert.equal(partsOf(makeData(3))[2]?.rest.length, WIDTH / 2, "as far as there is text");
  });

  it("draws other numbers for another text and another seed, and the same ones again", () => {
    const first = (seed: number, text: number): readonly number[] => {
      const draw = createDraws(seed);
      return [draw(text), draw(text), draw(text)];
    };
    assert.deepEqual(first(1, 2), first(1, 2));
    const all = [first(1, 2), first(1, 3), first(2, 2)].flat();
    assert.equal(new Set(all).size, all.length);
    const draw = createDraws(1);
    assert.deepEqual([draw(2), draw(3), draw(2)], [first(1, 2)[0], first(1, 3)[0], first(1, 2)[1]]);
  });

  it("is what a run keeps of the model, the same each time, where the model goes on with texts", async () => {
    const { tf } = await loadEngine("auto");
    const data = makeData(5);
    const settings = resolveSettings({}, { generation: { length: 8 } });
    const judgeOf = (model: ReturnType<typeof buildLanguageModel>) =>
      createJudge(tf, {
        ...{ model, data, settings },
        objective: createObjective(tf, model, "sparseCategoricalCrossentropy"),
        network: { batches: { all: () => assert.fail() } as never, write: () => assert.fail() },
      });
    const judge = judgeOf(buildLanguageModel(tf)) ?? assert.fail();
    const [first, again] = [judge(), judge()];
    assert.deepEqual(first, again);
    assert.deepEqual(
      unpackTexts(first.predicted).map(({ length }) => length),
      [8, 8, 8, 8, 8],
    );
    assert.equal(judgeOf(buildTransformer(tf)), undefined);
  });
});
