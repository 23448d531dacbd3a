import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { scanDefinitions } from "../../../src/models/scan/scan.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

/** As `model.save("file://…")` of tfjs-node writes it. */
async function save(folder: string, model: tf.LayersModel): Promise<void> {
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData, ...rest }) => {
      const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      writeFileSync(join(folder, "weights.bin"), Buffer.from(weightData as ArrayBuffer));
      writeFileSync(
        join(folder, "model.json"),
        JSON.stringify({ format: rest.format, modelTopology, weightsManifest: manifest }, null, 2),
      );
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    },
  });
}

function makeModel(): tf.LayersModel {
  return tf.sequential({
    name: "net",
    layers: [
      tf.layers.conv2d({ name: "conv", inputShape: [8, 8, 1], filters: 2, kernelSize: 3, activation: "relu" }),
      tf.layers.flatten({ name: "flat" }),
      tf.layers.dense({ name: "out", units: 2, activation: "softmax" }),
    ],
  });
}

describe("model.json", () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "whittle-modeljson-"));
    file = join(folder, "model.json");
    await tf.setBackend("cpu");
    await save(folder, makeModel());
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    tf.disposeVariables();
  });

  const edit = (change: (json: Record<string, unknown>) => void): void => {
    const json = JSON.parse(readFileSync(file, "utf8"));
    change(json);
    writeFileSync(file, JSON.stringify(json));
  };
  const rejects = async (message: RegExp): Promise<void> => {
    await assert.rejects(
      async () => (await loadDefinition(tf, file, "default")).build(),
      (error) => error instanceof WhittleError && message.test(error.message),
    );
  };

  it("loads with the weights that lie beside it", async () => {
    const model = makeModel();
    await save(folder, model);
    const definition = await loadDefinition(tf, file, "default");
    assert.deepEqual(definition.settings, {});
    const loaded = await definition.build();
    const values = (one: tf.LayersModel) => one.getWeights().map((weight) => [...weight.dataSync()]);
    assert.deepEqual(values(loaded), values(model));
    assert.deepEqual(
      loaded.weights.map((weight) => weight.originalName),
      ["conv/kernel", "conv/bias", "out/kernel", "out/bias"],
    );
  });

  it("begins untrained from the seed where there are no weights", async () => {
    edit((json) => {
      delete json["weightsManifest"];
    });
    const first = async () => {
      const { build } = await loadDefinition(tf, file, "default");
      const model = await withSeededMathRandom(createRandom(3, "init"), () => build());
      return [...(model.getWeights()[0]?.dataSync() ?? [])];
    };
    assert.deepEqual(await first(), await first());
  });

  it("says what is wrong with it", async () => {
    writeFileSync(file, "{");
    await rejects(/is not JSON/);
    writeFileSync(file, JSON.stringify({ format: "graph-model", modelTopology: { node: [] } }));
    await rejects(/graph model/);
    writeFileSync(file, "{}");
    await rejects(/no model of TensorFlow\.js/);
    await save(folder, makeModel());
    edit((json) => {
      json["weightsManifest"] = [{ paths: ["../weights.bin"], weights: [] }];
    });
    await rejects(/outside of its folder/);
    await save(folder, makeModel());
    rmSync(join(folder, "weights.bin"));
    await rejects(/weights\.bin.*cannot be read/);
    await save(folder, makeModel());
    writeFileSync(join(folder, "weights.bin"), Buffer.alloc(4));
    await rejects(/do not fit/);
    await save(folder, makeModel());
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"Dense"', '"OwnLayer"'));
    await rejects(/cannot be built/);
  });

  it("is found in its text, with each layer where it stands", () => {
    const text = readFileSync(file, "utf8");
    const [found, ...more] = scanDefinitions(text, file);
    assert.deepEqual(more, []);
    assert.equal(found?.name, "net");
    assert.equal(found?.exportName, "default");
    assert.deepEqual(
      found?.layers.map(({ kind, name }) => [kind, name]),
      [
        ["Conv2D", "conv"],
        ["Flatten", "flat"],
        ["Dense", "out"],
      ],
    );
    for (const { start, end } of found?.layers ?? []) assert.match(text.slice(start, end), /^\{\s*"class_name"/);
  });

  it("is found where Keras wrote it, and where the layers are a list", () => {
    const layer = { class_name: "Dense", config: { name: "d" } };
    for (const topology of [
      { model_config: { class_name: "Functional", config: { name: "k", layers: [layer] } } },
      { class_name: "Sequential", config: [layer] },
    ]) {
      const text = JSON.stringify({ format: "layers-model", modelTopology: topology });
      assert.equal(scanDefinitions(text, "model.json")[0]?.layers.length, 1);
    }
  });

  for (const [what, text] of [
    ["a graph model", '{"format":"graph-model","modelTopology":{"node":[],"class_name":"Graph"}}'],
    ["a package.json", '{"name":"modelTopology","dependencies":{}}'],
    ["a list", '["modelTopology"]'],
    ["half-typed JSON", '{"modelTopology": {"class_name": "Sequential", "config": {'],
    ["no JSON at all", '"modelTopology" => {}'],
  ] as const) {
    it(`${what} is none`, () => assert.deepEqual(scanDefinitions(text, "a.json"), []));
  }

  it("a folder of that name is refused like any other", async () => {
    const folderOfThatName = join(folder, "sub", "model.json");
    mkdirSync(folderOfThatName, { recursive: true });
    await assert.rejects(loadDefinition(tf, folderOfThatName, "default"), /is not a file/);
  });
});
