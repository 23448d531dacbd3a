/** Models written for Keras: opened by the real Keras where there is Python, and read again by Whittle. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { createRandom } from "../../../../src/data/random.ts";
import type { Values } from "../../../../src/export/readers/reader.ts";
import { loadDefinition } from "../../../../src/models/load.ts";
import { nameWeights } from "../../../../src/models/weightNames.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { assertComputes, readCases, FOLDER as STORED } from "../../models/kerasFile/storedKeras.ts";
import { EXAMPLE_IDS } from "../madeIds.ts";
import {
  asExported,
  assertSame,
  type Exported,
  exportBoth,
  FORMATS,
  openAll,
  predict,
  python,
  randomize,
} from "./inKeras.ts";
import { MODELS, READ_AGAIN, randomModel } from "./models.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../../examples");
const RANDOM = 25;
const IDS: Readonly<Record<string, number>> = {
  ...EXAMPLE_IDS,
  ...{ recurrent: 9, language: 9, padded: 4, lengths: 9, sequence: 10 },
};

describe("models written for Keras", function () {
  this.timeout(300_000);
  let folder: string;
  const exported = new Map<string, readonly Exported[]>();
  let opened: ReadonlyMap<string, readonly Values[] | Error> = new Map();

  const names = Object.keys(MODELS);
  const random = Array.from({ length: RANDOM }, (_, at) => `graph ${at}`);
  const cases = readCases("models.json");
  const examples = readdirSync(EXAMPLES).filter((file) => file.endsWith(".model.ts"));

  const built = async (file: string, exportName = "default"): Promise<tf.LayersModel> =>
    (await loadDefinition(tf, file, exportName)).build();

  before(async () => {
    await tf.setBackend("cpu");
    folder = mkdtempSync(join(tmpdir(), "whittle-export-"));
    const write = async (name: string, model: tf.LayersModel, count?: number): Promise<void> => {
      exported.set(
        name,
        await exportBoth(model, folder, name, { ids: IDS[name], ...(count === undefined ? {} : { count }) }),
      );
      model.dispose();
    };
    for (const [name, make] of Object.entries(MODELS)) {
      const model = make();
      randomize(model);
      await write(name, model);
    }
    for (const { name } of cases) {
      const model = await built(join(STORED, `${name}.keras`));
      // Pruned by half, as a run leaves it.
      for (const weight of model.weights) {
        const values = weight
          .read()
          .dataSync()
          .map((value, at) => (at % 2 === 0 && weight.shape.length > 1 ? 0 : value));
        weight.write(tf.tensor(values, weight.shape as number[]));
      }
      await write(name, model);
    }
    for (const file of examples) {
      const model = await built(join(EXAMPLES, file));
      randomize(model);
      await write(file, model, 2);
    }
    for (const name of random) {
      const model = randomModel(createRandom(name));
      randomize(model);
      await write(name, model);
    }
    if (python !== undefined) opened = await openAll(python, [...exported.values()].flat());
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    tf.disposeVariables();
  });

  for (const [at, { name: format }] of FORMATS.entries()) {
    const computesInKeras = (name: string): void => {
      const { file, outputs } = exported.get(name)?.[at] ?? assert.fail();
      const run = opened.get(file);
      if (run === undefined || run instanceof Error) throw run ?? new Error(`${file} was not opened`);
      assertSame(run, outputs);
    };
    const isReadAgain = async (name: string): Promise<void> => {
      const { file, inputs, outputs } = exported.get(name)?.[at] ?? assert.fail();
      assertSame(predict(await built(file), inputs), outputs);
    };

    if (python !== undefined) {
      for (const name of [...names, ...cases.map((each) => each.name), ...examples]) {
        it(`${name} as ${format} computes the same in Keras`, () => computesInKeras(name));
      }
      it(`${RANDOM} graphs as ${format} compute the same in Keras`, () => random.forEach(computesInKeras));
    }

    for (const name of [...READ_AGAIN, ...cases.map((each) => each.name)]) {
      it(`${name} as ${format} is read again with the same outputs`, () => isReadAgain(name));
    }
    it(`${RANDOM} graphs as ${format} are read again with the same outputs`, async () => {
      for (const name of random) await isReadAgain(name);
    });
  }

  for (const each of cases) {
    it(`${each.name} of Keras, read and written, computes what Keras computed`, async () => {
      const model = await built(join(STORED, `${each.name}.h5`));
      const weights = (of: tf.LayersModel) =>
        [...nameWeights(of)].map(([weight, name]) => [name, weight.shape, [...weight.read().dataSync()]]);
      for (const { file } of await exportBoth(model, folder, `${each.name}-again`, { ids: IDS[each.name] })) {
        const again = await built(file);
        assertComputes(again, each);
        assert.deepEqual(weights(again), weights(model));
      }
    });
  }

  describe("that Keras has no equal of", () => {
    const refuses = async (layer: tf.layers.Layer | tf.layers.Layer[], message: RegExp): Promise<void> => {
      const model = tf.sequential({ layers: [layer].flat() });
      for (const { encode } of FORMATS) {
        await assert.rejects(
          () => encode(asExported(model)),
          (error) => error instanceof WhittleError && error.kind === "usage" && message.test(error.message),
        );
      }
    };

    it("names a layer of the user's own, as in an example", async () => {
      const model = await built(join(EXAMPLES, "published.js"), "createModel");
      const encoding = FORMATS[0]?.encode(asExported(model));
      await assert.rejects(async () => encoding, /"gate" \(Gate\) has the class Gate/);
    });

    it("tells of names that only a slash sets apart, which Keras has not", async () => {
      const [one, other] = ["a/b", "a_b"].map((name) => tf.layers.dense({ units: 3, inputShape: [3], name }));
      assert.ok(one !== undefined && other !== undefined);
      await refuses([one, other], /Two layers would be called "a_b" in Keras/);
    });

    it("names the layer and what of it", async () => {
      class Doubling extends tf.layers.Layer {
        static className = "Doubling";
        override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
          return tf.mul([inputs].flat()[0] ?? 0, 2);
        }
      }
      tf.serialization.registerClass(Doubling);
      await refuses(
        [tf.layers.dense({ units: 2, inputShape: [3] }), new Doubling({ name: "twice" })],
        /"twice" \(Doubling\)/,
      );
      await refuses(
        tf.layers.embedding({ inputDim: 3, outputDim: 2, inputLength: 4, maskZero: true, name: "words" }),
        /"words" \(Embedding\) has mask_zero = true/,
      );
      await refuses(
        tf.layers.upSampling2d({ size: [2, 2], interpolation: "bilinear", inputShape: [2, 2, 1], name: "up" }),
        /"up" \(UpSampling2D\) has interpolation = "bilinear"/,
      );
      await refuses(
        tf.layers.dense({ units: 2, inputShape: [3], activation: "hardSigmoid", name: "hard" }),
        /"hard" \(Dense\) has activation = "hard_sigmoid"/,
      );
    });
  });
});
