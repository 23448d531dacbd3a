import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { lineInFile } from "../../../src/models/loadErrors.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

const exampleFile = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));

const TF = 'import * as tf from "@tensorflow/tfjs";\n';
const NET = "tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] })";

describe("load", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-load-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => tf.disposeVariables());

  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const load = (name: string, text: string, exportName: string) => loadDefinition(tf, write(name, text), exportName);

  const rejects = async (run: () => Promise<unknown>, message: RegExp, remedy = /./): Promise<WhittleError> => {
    let caught: unknown;
    await assert.rejects(run, (error) => {
      caught = error;
      return true;
    });
    assert.ok(caught instanceof WhittleError, String(caught));
    assert.match(caught.message, message);
    assert.doesNotMatch(caught.message, /\n/);
    assert.match(caught.remedy, remedy);
    return caught;
  };

  it("takes paths of data from the file's own folder", async () => {
    for (const [data, expected] of [
      ["csv:tables/prices.csv#price", `csv:${join(folder, "tables", "prices.csv#price")}`],
      ["digits", "digits"],
    ]) {
      const text = `${TF}import { defineExperiment } from "whittle";
export default defineExperiment({ model: () => ${NET}, data: ${JSON.stringify(data)} });`;
      assert.equal((await load("paths.ts", text, "default")).settings.data, expected);
    }
  });

  it("builds the examples, with the sizes they tell", async () => {
    const cifar10 = `cifar10:${exampleFile("cifar-10-batches-bin")}`;
    for (const [name, exportName, params, data] of [
      ["mlp.model.ts", "mlp", 79_510, "digits"],
      ["lenet300.model.ts", "lenet300", 266_610, "digits"],
      ["lenet5.model.ts", "lenet5", 431_080, "digits"],
      // Weights and biases, and four values for each of the channels that are normalized.
      ["resnet32.model.ts", "resnet32", 464_442 + 4 * 1_232, cifar10],
      // Patches, positions, four blocks, the last normalization, the head.
      ["vit.model.ts", "vit", 3_136 + 4_096 + 4 * 33_472 + 128 + 650, cifar10],
    ] as const) {
      for (const each of [exportName, "default"]) {
        const loaded = await loadDefinition(tf, exampleFile(name), each);
        const model = await loaded.build();
        assert.ok(model instanceof tf.LayersModel);
        assert.equal(model.countParams(), params);
        assert.deepEqual(model.outputs[0]?.shape, [null, 10]);
        assert.equal(loaded.settings.data, data, "settings of the experiment go with its function");
        assert.ok(!("model" in loaded.settings));
      }
    }
  });

  for (const [name, text] of [
    ["star.ts", `${TF}export const net = () => ${NET};`],
    [
      "named.ts",
      `import { sequential, layers } from "@tensorflow/tfjs-layers";\nexport const net = () => ${NET.replaceAll("tf.", "")};`,
    ],
    ["default.mts", `import tf from "@tensorflow/tfjs-node";\nexport const net = async () => ${NET};`],
    [
      "dynamic.ts",
      `export const net = async () => { const tf = await import("@tensorflow/tfjs-core"); return ${NET}; };`,
    ],
    ["require.cjs", `const tf = require("@tensorflow/tfjs");\nexports.net = () => ${NET};`],
    [
      "require.js",
      `const { sequential, layers } = require("@tensorflow/tfjs");\nmodule.exports = { net: () => ${NET.replaceAll("tf.", "")} };`,
    ],
    ["module.mjs", `${TF}export const net = () => ${NET};`],
    [
      "typed.ts",
      `${TF}enum Size { A = 2 }\ninterface P { n: Size }\nconst p: P = { n: Size.A };\nexport function net(): tf.LayersModel { return ${NET.replace("units: 2", "units: p.n")}; }`,
    ],
  ] as const) {
    it(`hands its own engine to ${name}`, async () => {
      const model = await (await load(name, text, "net")).build();
      assert.ok(model instanceof tf.LayersModel);
      assert.deepEqual(model.outputs[0]?.shape, [null, 2]);
    });
  }

  it("takes a function that is the whole CommonJS module as its default", async () => {
    const loaded = await load(
      "whole.cjs",
      `const tf = require("@tensorflow/tfjs");\nmodule.exports = () => ${NET};`,
      "default",
    );
    assert.equal((await loaded.build()).countParams(), 8);
  });

  it("replaces functions in the settings by names", async () => {
    const loaded = await load(
      "custom.ts",
      `${TF}import { defineExperiment } from "whittle";
      export const e = defineExperiment({
        model: () => ${NET}, batchSize: 7, loss: (a, b) => tf.mean(tf.sub(a, b)),
        metrics: ["accuracy", { name: "mine", better: "lower", compute: (a, b) => tf.sub(a, b) }],
      });`,
      "e",
    );
    assert.deepEqual(loaded.settings, { batchSize: 7, loss: "custom", metrics: ["accuracy", "custom"] });
    assert.equal(typeof loaded.loss, "function");
    assert.deepEqual(
      loaded.metrics?.map(({ name }) => name),
      ["mine"],
    );
    assert.deepEqual((await load("plain.ts", `${TF}export const net = () => ${NET};`, "net")).settings, {});
  });

  it("builds with a seeded Math.random", async () => {
    const loaded = await load("seeded.ts", `${TF}export const net = () => ${NET};`, "net");
    const weights = async (seed: number) => {
      const model = await withSeededMathRandom(createRandom(seed), () => loaded.build());
      return [...(model.getWeights()[0]?.dataSync() ?? [])];
    };
    assert.deepEqual(await weights(5), await weights(5));
    assert.notDeepEqual(await weights(5), await weights(6));
  });

  it("sees changes of the file and of what it imports", async () => {
    write("units.ts", "export const units = 4;");
    const text = `${TF}import { units } from "./units.ts";\nexport const net = () => ${NET.replace("units: 2", "units")};`;
    const units = async () => (await (await load("importer.ts", text, "net")).build()).outputs[0]?.shape[1];
    assert.equal(await units(), 4);
    write("units.ts", "export const units = 6;");
    assert.equal(await units(), 6);
  });

  it("names a file that is not there", async () => {
    const error = await rejects(() => loadDefinition(tf, join(folder, "no.ts"), "net"), /no\.ts does not exist/);
    assert.equal(error.kind, "usage");
    await rejects(() => loadDefinition(tf, folder, "net"), /is not a file/);
  });

  it("names a syntax error's line and column", async () => {
    const error = await rejects(() => load("syntax.ts", "const a = 1;\nconst b = = 2;\n", "net"), /syntax\.ts:2:11: /);
    assert.equal(lineInFile(error, join(folder, "syntax.ts")), 2);
  });

  it("names an import that cannot be found", async () => {
    await rejects(
      () => load("import.ts", 'import { a } from "./gone.ts";\nexport const b = a;', "b"),
      /import\.ts.*gone\.ts/,
    );
  });

  it("names the line where loading throws", async () => {
    const text = 'interface A {\n  a: 1;\n}\nthrow new Error("out of luck");\n';
    const error = await rejects(() => load("throws.ts", text, "net"), /throws\.ts:4 failed.*out of luck/);
    assert.equal(lineInFile(error, join(folder, "throws.ts")), 4);
  });

  it("lists the exports there are", async () => {
    const text = `${TF}export const lenet = () => ${NET};\nexport const other = 1;`;
    const error = await rejects(
      () => load("exports.ts", text, "lenett"),
      /no export "lenett"/,
      /"lenet".*lenet, other/,
    );
    assert.equal(error.kind, "usage");
    await rejects(() => load("none.ts", "const a = 1;", "net"), /no export "net"/, /exports nothing/);
    await rejects(() => load("proto.ts", "export const a = 1;", "toString"), /no export "toString"/);
  });

  it("rejects exports that define nothing", async () => {
    await rejects(() => load("number.ts", "export const net = 5;", "net"), /"net".*neither.*a number/);
    await rejects(() => load("object.ts", "export const net = { a: 1 };", "net"), /neither.*an object/);
    const empty = 'import { defineExperiment } from "whittle";\nexport default defineExperiment({});';
    await rejects(() => load("empty.ts", empty, "default"), /has no model function/);
  });

  it("names the line where the model function throws, sync or async, ours or TensorFlow's", async () => {
    const sync = `${TF}type A = {\n  a: 1;\n};\nexport function net() {\n  throw new Error("not today");\n}`;
    const loaded = await load("model.ts", sync, "net");
    const error = await rejects(() => loaded.build(), /model\.ts:6: "net" failed: not today\./);
    assert.equal(lineInFile(error, join(folder, "model.ts")), 6);
    const late = `${TF}export async function net() {\n  await null;\n  return tf.sequential({ layers: [tf.layers.dense({ units: -1 })] });\n}`;
    const second = await load("late.ts", late, "net");
    await rejects(() => second.build(), /late\.ts:4: "net" failed/);
  });

  it("rejects a function that returns no model", async () => {
    for (const [value, found] of [
      ["undefined", /returned undefined/],
      ["({ a: 1 })", /returned an object/],
      ["tf.zeros([2])", /returned an object of class Tensor/],
    ] as const) {
      const loaded = await load("returns.ts", `${TF}export const net = () => ${value};`, "net");
      await rejects(() => loaded.build(), found, /tf\.sequential/);
    }
  });

  it("finds no line in errors from elsewhere", () => {
    assert.equal(lineInFile(new Error("here"), "/some/other/file.ts"), undefined);
    assert.equal(lineInFile("text", "/some/other/file.ts"), undefined);
  });
});
