/** The sizes of a smaller network, put into the source: what is built from it takes the smaller network's weights, and gives the same. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { compactModel } from "../../../src/compact/compactModel.ts";
import { createRandom } from "../../../src/data/random.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { loadingCode } from "../../../src/models/scan/loadingCode.ts";
import { resizeLayers } from "../../../src/models/scan/resize.ts";
import { scanDefinitions } from "../../../src/models/scan/scan.ts";
import { collectTrainables } from "../../../src/models/scan/trainables.ts";
import { WRITTEN } from "../models/scan/writtenModels.ts";

const EXAMPLES = ["mlp", "lenet300", "lenet5", "friedman", "prices"];
/** Of the units of each layer. */
const DROPPED = 0.4;

const EXPORTED = "file:///exported/model.json";

describe("sources of a smaller network", () => {
  const folder = mkdtempSync(join(tmpdir(), "whittle-sources-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => tf.disposeVariables());

  let exported: tf.io.ModelArtifacts | undefined;
  before(() => {
    // Others are asked where this one knows nothing.
    tf.io.registerLoadRouter((url) =>
      url === EXPORTED && exported !== undefined ? tf.io.fromMemory(exported) : (null as unknown as tf.io.IOHandler),
    );
  });

  let count = 0;
  const build = async (text: string, name: string, exportName: string): Promise<tf.LayersModel> => {
    count += 1;
    const file = join(folder, `${count}${extname(name)}`);
    writeFileSync(file, text);
    return (await loadDefinition(tf, file, exportName)).build();
  };

  const texts = [
    // Its constant stands for two layers, which lose different units.
    ...Object.entries(WRITTEN)
      .filter(([what]) => !what.includes("equally small"))
      .map(([what, { file = "net.ts", of, before }]) => ({ what, file, text: of(...before) })),
    ...EXAMPLES.map((name) => {
      const file = fileURLToPath(new URL(`../../../examples/${name}.model.ts`, import.meta.url));
      return { what: `the example ${name}`, file, text: readFileSync(file, "utf8") };
    }),
  ];
  for (const { what, file, text } of texts) {
    it(`take its weights and give the same: ${what}`, async () => {
      const [definition, ...others] = collectTrainables(scanDefinitions(text, file));
      assert.ok(definition);
      const { exportName } = definition;
      const model = await build(text, file, exportName);
      prune(model);
      const compact = compactModel(tf, model);
      assert.equal(compact.kept, undefined);
      assert.ok(compact.model.countParams() < model.countParams(), "something is left out");
      const found = resizeLayers(text, file, definition, others, compact.layers);
      assert.ok("resizes" in found, JSON.stringify(found));
      const edited = found.resizes.reduceRight(
        (all, { start, end, after }) => all.slice(0, start) + String(after) + all.slice(end),
        text,
      );
      const resized = await build(edited, file, exportName);
      const attention = compact.layers.find(({ className }) => className === "MultiHeadAttention");
      if (attention !== undefined) assert.deepEqual(attention.headWidth, { before: 4, after: 3 });
      const shapes = (of: tf.LayersModel) => of.getWeights().map(({ shape }) => shape);
      assert.deepEqual(shapes(resized), shapes(compact.model));
      exported = await artifactsOf(compact.model);
      const code = loadingCode(edited, file, { exportName, url: EXPORTED, run: "r" });
      const [, loader = ""] = /function (load\w+)/.exec(code) ?? [];
      const [imports = "", rest = ""] = code.startsWith("import") ? code.split(/(?<=;\n)\n/) : ["", code];
      const loaded = await build(`${imports}${edited}\n${rest}`, file, loader);
      assert.ok(difference(model, loaded) <= 1e-5, `${difference(model, loaded)}`);
    });
  }
});

async function artifactsOf(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return artifacts;
}

/** Takes units out: what feeds them becomes 0, so that what they give is 0, or what their bias makes of it. */
function prune(model: tf.LayersModel): void {
  const random = createRandom(7);
  for (const layer of model.layers.slice(0, -1)) {
    const weights = layer.getWeights();
    const columns = layer.getClassName() === "MultiHeadAttention" ? 4 : 1;
    const width = weights[0]?.shape.at(-1) ?? 0;
    if (width === 0 || layer.getClassName() === "BatchNormalization") continue;
    const units = ["LSTM", "GRU", "SimpleRNN", "Bidirectional"].includes(layer.getClassName())
      ? (weights[1]?.shape[0] ?? width)
      : width / columns;
    const dropped = Array.from({ length: units }, (_, unit) => unit > 0 && random.next() < DROPPED);
    // Of heads that stay, the last column too.
    const isKept = (at: number) =>
      dropped[Math.floor(at / columns) % units] !== true && (columns === 1 || at % columns < columns - 1);
    layer.setWeights(
      weights.map((weight) => {
        const last = weight.shape.at(-1) ?? 1;
        const isBias = weight.rank === 1 && /^(Dense|Conv\w+|SeparableConv2D)$/.test(layer.getClassName());
        if (isBias) return tf.randomNormal(weight.shape, 0, 1, "float32", 5);
        if (last % units !== 0) return weight;
        const values = weight.dataSync().map((value, at) => (isKept(at % last) ? value : 0));
        return tf.tensor(values, weight.shape);
      }),
    );
  }
}

function difference(one: tf.LayersModel, other: tf.LayersModel): number {
  return tf.tidy(() => {
    const shape = (one.inputs[0]?.shape ?? []).map((length) => length ?? 5);
    const isIds = one.layers.some((layer) => layer.getClassName() === "Embedding");
    const x = isIds ? tf.randomUniform(shape, 0, 50, "int32", 3) : tf.randomNormal(shape, 0, 1, "float32", 3);
    const [a, b] = [one, other].map((model) => model.predictOnBatch(x) as tf.Tensor);
    assert.ok(a && b);
    const largest = tf.max(tf.abs(a)).dataSync()[0] ?? 0;
    return (tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? Number.NaN) / (largest || 1);
  });
}
