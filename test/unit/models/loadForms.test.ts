import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import type { OwnTraining } from "../../../src/models/ownTraining.ts";
import { scanDefinitions } from "../../../src/models/scan/scan.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { buildSeeded } from "../../../src/trainer/seededModel.ts";

const ESM = 'import * as tf from "@tensorflow/tfjs";\n';
const CJS = 'const tf = require("@tensorflow/tfjs-node");\n';
const net = (units: string) => `tf.sequential({ layers: [tf.layers.dense({ units: ${units}, inputShape: [3] })] })`;

describe("model files as people write them", () => {
  let folder: string;
  let count = 0;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-forms-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => tf.disposeVariables());

  const write = (text: string, ending = "ts"): string => {
    count += 1;
    const file = join(folder, `file${count}.${ending}`);
    writeFileSync(file, text);
    return file;
  };
  const unitsOf = (model: tf.LayersModel) => model.outputs[0]?.shape.at(-1);

  for (const [what, ending, text, address, args] of [
    [
      "a function that is not exported",
      "ts",
      `${ESM}function net(): tf.LayersModel { return ${net("2")}; }`,
      "net",
      {},
    ],
    ["the same in JavaScript", "mjs", `${ESM}const net = async () => ${net("2")};`, "net", {}],
    [
      "the same in CommonJS",
      "cjs",
      `${CJS}function net() { return ${net("2")}; }\nmodule.exports = { other: 1 };`,
      "net",
      {},
    ],
    ["module.exports = { … }", "js", `${CJS}const a = () => ${net("2")};\nmodule.exports = { net: a };`, "net", {}],
    ["exports.name", "js", `${CJS}exports.net = () => ${net("2")};`, "net", {}],
    [
      "a model at the top",
      "ts",
      `${ESM}const model = tf.sequential();\nmodel.add(tf.layers.dense({ units: 2, inputShape: [3] }));`,
      "model",
      {},
    ],
    ["a model that is the module", "js", `${CJS}const model = ${net("2")};\nmodule.exports = model;`, "default", {}],
    ["a method", "ts", `${ESM}class Net { units = 2; build() { return ${net("this.units")}; } }`, "Net.build", {}],
    [
      "a static method",
      "js",
      `${CJS}class Net { static build(n) { return ${net("n")}; } }\nmodule.exports = { Net };`,
      "Net.build",
      { n: 2 },
    ],
    ["a property that is a function", "ts", `${ESM}export class Net { build = () => ${net("2")}; }`, "Net.build", {}],
    [
      "a value for a parameter",
      "ts",
      `${ESM}function net(units: number) { return ${net("units")}; }`,
      "net",
      { units: 2 },
    ],
    [
      "the second of two parameters",
      "ts",
      `${ESM}function net(name = "a", units = 7) { return ${net("units")}; }`,
      "net",
      { units: 2 },
    ],
    ["a parameter that is left to its default", "ts", `${ESM}const net = (units = 2) => ${net("units")};`, "net", {}],
    [
      "parameters in an object",
      "js",
      `${CJS}const net = async ({ units, rate = 1 }) => ${net("units * rate")};`,
      "net",
      { units: 2 },
    ],
    [
      "an object that may be left out",
      "js",
      `${CJS}function net({ units = 2 } = {}) { return ${net("units")}; }`,
      "net",
      {},
    ],
    [
      "an object with a model",
      "ts",
      `${ESM}function make() { const model = ${net("2")}; return { other: ${net("5")}, model }; }`,
      "make",
      {},
    ],
    ["a pair with one model", "ts", `${ESM}function make() { return [${net("2")}, 3]; }`, "make", {}],
    [
      "one of several models",
      "ts",
      `${ESM}function make() { return { encoder: ${net("5")}, decoder: ${net("2")} }; }`,
      "make.decoder",
      {},
    ],
    [
      "an experiment in an object",
      "ts",
      `${ESM}import { defineExperiment } from "whittle";
       export const all = { small: defineExperiment({ model: () => ${net("2")}, data: "digits" }) };`,
      "all.small",
      {},
    ],
    ["one of a list", "ts", `${ESM}function make() { return [${net("5")}, ${net("2")}]; }`, "make.1", {}],
  ] as const) {
    it(`builds ${what}, which the scan finds`, async () => {
      const file = write(text, ending);
      const found = scanDefinitions(text, file).map(({ exportName }) => exportName);
      assert.ok(
        found.some((name) => address === name || address.startsWith(`${name}.`)),
        `found ${found.join(", ")}`,
      );
      const { build } = await loadDefinition(tf, file, address);
      assert.equal(unitsOf(await build(args)), 2);
    });
  }

  /** How TensorFlow.js comes into a file, and what it is called there. */
  const imports = [
    ["ts", 'import * as tf from "@tensorflow/tfjs";', "tf."],
    ["mts", 'import T from "@tensorflow/tfjs-node";', "T."],
    ["js", 'import { sequential, layers } from "@tensorflow/tfjs-layers";', ""],
    ["cjs", 'const tf = require("@tensorflow/tfjs-node");', "tf."],
    ["js", 'const { sequential, layers } = require("@tensorflow/tfjs");', ""],
    ["js", 'const tf = require("@tensorflow/tfjs-core");\nconst { layers: l, sequential: s } = tf;', "short"],
  ] as const;
  /** NETWORK makes the network; the file ends in `model`, or what makes it. */
  const styles = [
    ["function model() { return NETWORK; }", "model"],
    ["const model = () => NETWORK;", "model"],
    ["const model = function () { const net = NETWORK; return net; };", "model"],
    ["async function model() { let net; net = NETWORK; await null; return net; }", "model"],
    ["function model(units) { return NETWORK; }", "model"],
    ["const model = ({ units = 2, ...rest } = {}) => { const net = NETWORK; net.rest = rest; return net; };", "model"],
    ["function model(flag = true) { if (flag) return NETWORK; return undefined; }", "model"],
    ["class Net { model() { return NETWORK; } }", "Net.model"],
    ["class Net { static async model() { return await Promise.resolve(NETWORK); } }", "Net.model"],
    ["class Net { model() { this.net = NETWORK; return this.net; } }", "Net.model"],
    ["const model = NETWORK;", "model"],
    ["function part() { return NETWORK; }\nfunction model() { const net = part(); return net; }", "model"],
    ["function model() { return { net: NETWORK, size: 2 }; }", "model"],
    ["function model() { const net = NETWORK; return [net]; }", "model"],
    ["const model = (() => { const net = NETWORK; return net; })();", "model"],
    ["const model = (async function () { return NETWORK; })();", "model"],
    ["let model;\nmodel = NETWORK;", "model"],
    ["let model;\nif (1 > 2) { model = null; } else { model = NETWORK; }", "model"],
    ["let net;\nfunction model() { net = NETWORK; }", "model"],
    [
      "const state = {};\nasync function model(units) { await null; const net = NETWORK; state.net = net; return 3; }",
      "model",
    ],
    ["class Net { constructor() { this.model = NETWORK; } }", "Net"],
    ["class Net { constructor(units = 2) { this.parts = {}; this.parts.net = NETWORK; } }", "Net"],
    ["class Net { size = () => 1; constructor(units) { this.net = NETWORK; } }", "Net"],
    ["class Net { model() { this.net = NETWORK; } }", "Net.model"],
    ["class Net { model = NETWORK; }", "Net.model"],
    ["class Net { static model = NETWORK; }", "Net.model"],
    ["const nets = { model: () => NETWORK, other: 3 };", "nets.model"],
    ["const nets = { async model(units) { return NETWORK; } };", "nets.model"],
    ["const nets = { size: 2, model: NETWORK };", "nets.model"],
    ["const nets = { net: null, model() { this.net = NETWORK; } };", "nets.model"],
  ] as const;
  const names = { sequential: "sequential", layers: "layers" };
  for (const [ending, head, prefix] of imports) {
    it(`finds and builds ${styles.length} styles of models below ${head.split("\n").at(-1)}`, async () => {
      const { sequential, layers } = prefix === "short" ? { sequential: "s", layers: "l" } : names;
      const of = prefix === "short" ? "" : prefix;
      const network = `${of}${sequential}({ layers: [${of}${layers}.dense({ units: 2, inputShape: [3] })] })`;
      for (const [style, address] of styles) {
        const text = `${head}\n${style.replace("NETWORK", network)}\n`;
        const file = write(text, ending);
        assert.deepEqual(
          scanDefinitions(text, file).map(({ exportName }) => exportName),
          [address],
          text,
        );
        const { build } = await loadDefinition(tf, file, address);
        assert.equal(unitsOf(await build(style.includes("(units)") ? { units: 2 } : {})), 2, text);
      }
    });
  }

  const fails = async (run: () => Promise<unknown>, message: RegExp, remedy: RegExp): Promise<void> => {
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof WhittleError, String(error));
      assert.match(error.message, message);
      assert.match(error.remedy, remedy);
      return true;
    });
  };

  it("names what is missing, unknown or too much among the arguments", async () => {
    const file = write(
      `${ESM}export function net(units, rate = 1) { return ${net("units")}; }\nexport const none = () => ${net("1")};`,
    );
    const { build } = await loadDefinition(tf, file, "net");
    await fails(() => build(), /"net" of .* needs a value for units/, /--arg units=/);
    await fails(() => build({ units: 1, unit: 2 }), /has no parameter "unit"/, /"units".*units, rate/);
    const none = await loadDefinition(tf, file, "none");
    await fails(() => none.build({ units: 1 }), /takes no arguments/, /units/);
  });

  it("asks which of several models is meant", async () => {
    const file = write(`${ESM}export function make() { return { encoder: ${net("5")}, decoder: ${net("2")} }; }`);
    const { build } = await loadDefinition(tf, file, "make");
    await fails(() => build(), /several models: encoder, decoder/, /make\.encoder/);
    const other = await loadDefinition(tf, file, "make.coder");
    await fails(() => other.build(), /several models: encoder, decoder/, /make\.encoder/);
  });

  it("takes the whole of what a function makes and keeps, and asks which of several", async () => {
    const file = write(`${ESM}let encoder, all;
    function make() {
      encoder = ${net("5")};
      all = tf.sequential({ layers: [encoder, tf.layers.dense({ units: 2 })] });
    }
    function both() { [encoder, all] = [tf.sequential({ name: "a" }), tf.sequential({ name: "b" })]; encoder.x = all; }`);
    const { build } = await loadDefinition(tf, file, "make");
    assert.equal(unitsOf(await build()), 2);
    assert.equal(unitsOf(await build()), 2, "made anew");
    const both = await loadDefinition(tf, file, "both");
    await fails(() => both.build(), /several models: a, b/, /both\.a/);
  });

  it("leaves out a training that the file begins itself, whenever it does", async () => {
    const file = write(
      `${CJS}const model = ${net("2")};
      async function main() {
        await null;
        model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
        await model.fit(tf.ones([1, 3]), tf.ones([1, 2]));
        process.exit(3);
      }
      main();
      module.exports = { model };`,
      "js",
    );
    const told: unknown[] = [];
    const onOwnTraining = ({ method, line }: OwnTraining) => void told.push([method, line]);
    const { build } = await loadDefinition(tf, file, "model", { onOwnTraining });
    assert.equal(unitsOf(await build()), 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(told, [["fit", 6]]);
  });

  for (const [what, text, address] of [
    [
      "waits for its training",
      `async function run() { const m = ${net("2")}; await m.fit(tf.ones([1, 3]), 1); return 3; }`,
      "run",
    ],
    ["does not wait", `function run() { const m = ${net("2")}; m.fit(tf.ones([1, 3]), 1); }`, "run"],
    [
      "comes to it later, by another function",
      `const make = () => ${net("2")};\nasync function run() { await null; const m = make(); await m.fitDataset(1); }`,
      "run",
    ],
    [
      "trains step by step",
      `class Demo { async run() { const m = ${net("2")}; for (;;) await m.trainOnBatch(1, 2); } }`,
      "Demo.run",
    ],
  ] as const) {
    it(`takes the model that a function trains, which ${what}, and no more of it is executed`, async () => {
      const file = write(`${ESM}${text}`, "mjs");
      assert.ok(scanDefinitions(`${ESM}${text}`, file).some(({ exportName }) => exportName === address));
      const { build, trainings } = await loadDefinition(tf, file, address);
      const model = await build();
      assert.equal(unitsOf(model), 2);
      assert.equal(trainings?.taken?.model, model);
    });
  }

  it("takes what a function returns where that is a model, whatever it begins to train", async () => {
    const file = write(
      `${ESM}export function net() { const other = ${net("5")}; other.fit(1, 2); return ${net("2")}; }`,
    );
    const { build, trainings } = await loadDefinition(tf, file, "net");
    assert.equal(unitsOf(await build()), 2);
    assert.equal(trainings?.taken, undefined);
  });

  const leftOutOf = async (file: string, address: string): Promise<readonly string[]> => {
    const told: string[] = [];
    const { build } = await loadDefinition(tf, file, address, { onLeftOut: (message) => told.push(message) });
    assert.equal(unitsOf(await build()), 2);
    return told;
  };
  const inBrief = async <T>(run: () => Promise<T>): Promise<T> => {
    const real = globalThis.setTimeout;
    globalThis.setTimeout = ((go: () => void, ms: number) => real(go, Math.min(ms, 30))) as typeof setTimeout;
    try {
      return await run();
    } finally {
      globalThis.setTimeout = real;
    }
  };

  it("does not wait for ever for a file that waits, and leaves that out where the model does not need it", async () => {
    const waits = "await new Promise(() => undefined);";
    const needed = write(
      `${ESM}const units = ${waits.replace(";", "")} ?? 2;\nexport const net = () => ${net("units")};`,
      "mjs",
    );
    await inBrief(() => fails(() => loadDefinition(tf, needed, "net"), /is not loaded after 60 s/, /out of the top/));
    const other = write(`${ESM}export const net = () => ${net("2")};\n${waits}`, "mjs");
    const [told, ...more] = await inBrief(() => leftOutOf(other, "net"));
    assert.deepEqual(more, []);
    assert.match(told ?? "", /is not loaded after 60 s.*"net" may not need it: .* is loaded without line 3\.$/);
  });

  it("tells of a file that ends the process, and gives it no arguments; and does without that", async () => {
    const argv = process.argv;
    const ends = "process.exit(2)";
    const needed = write(
      `${CJS}const units =\n  process.argv.length < 3 ? ${ends} : 2;\nmodule.exports = () => ${net("units")};`,
      "js",
    );
    await fails(() => loadDefinition(tf, needed, "default"), /:3 ends the process \(exit code 2\)/, /file of its own/);
    assert.equal(process.argv, argv);
    const other = write(
      `${CJS}if (process.argv.length < 3) {\n  ${ends};\n}\nmodule.exports = () => ${net("2")};`,
      "js",
    );
    assert.match((await leftOutOf(other, "default")).join(), /:3 ends the process .*is loaded without lines 2 to 4\.$/);
  });

  it("tells of a file that needs a browser, and does without what the model does not need", async () => {
    const needed = write(
      `${ESM}const units = document.getElementById("u");\nexport const net = () => ${net("units")};`,
    );
    await fails(() => loadDefinition(tf, needed, "net"), /:2 failed.*document is not defined/, /needs a browser/);
    const page = `${ESM}const button = document.getElementById("run");
const model = tf.sequential();
model.add(tf.layers.dense({ units: 2, inputShape: [3] }));
async function run() { button.disabled = true; await model.fit(1, 2); }
button.addEventListener("click", run);`;
    assert.match((await leftOutOf(write(page, "js"), "model")).join(), /:2 failed.*without lines 2, 5 to 6\.$/);
  });

  it("does without packages that are not there, until they are used", async () => {
    const head = `${ESM}import draw, { show } from "a-package-of-nobody";\nimport * as more from "@nobody/more";\n`;
    const unused = write(
      `${head}export function net() { const made = ${net("2")}; return made ?? draw(show, more.a); }`,
    );
    assert.match(
      (await leftOutOf(unused, "net")).join(),
      /Cannot find module 'a-package-of-nobody'.*is loaded without a-package-of-nobody, @nobody\/more\.$/,
    );
    for (const use of ["draw()", "show()", "more.show()", "new draw.Chart()"]) {
      const { build } = await loadDefinition(
        tf,
        write(`${head}export const net = () => ${use} ?? ${net("2")};`),
        "net",
      );
      await fails(() => build(), /"net" failed: Cannot find module '(a-package-of-nobody|@nobody\/more)'/, /install/);
    }
    const own = write(`${ESM}import { units } from "./missing";\nexport const net = () => ${net("units")};`);
    await fails(() => loadDefinition(tf, own, "net"), /Cannot find module '.\/missing'/, /Correct the import/);
  });

  it("gives a model the weights of the seed, whatever its function waits for before", async () => {
    const file = write(`${ESM}export async function net() {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return ${net("2")};
    }`);
    const weights = async (seed: number) => {
      const model = await buildSeeded(await loadDefinition(tf, file, "net"), { seed, args: {} });
      return [...(model.getWeights()[0]?.dataSync() ?? [])];
    };
    assert.deepEqual(await weights(5), await weights(5));
    assert.notDeepEqual(await weights(5), await weights(6));
  });

  it("gives a model at the top the weights of the seed", async () => {
    const file = write(`${ESM}export const model = ${net("2")};`);
    const weights = async (seed: number) => {
      const { build } = await withSeededMathRandom(createRandom(seed), () => loadDefinition(tf, file, "model"));
      return [...((await build()).getWeights()[0]?.dataSync() ?? [])];
    };
    assert.deepEqual(await weights(5), await weights(5));
    assert.notDeepEqual(await weights(5), await weights(6));
  });
});
