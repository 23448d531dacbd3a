import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadingCode } from "../../../../src/models/scan/loadingCode.ts";

const root = resolve(import.meta.dirname, "../../../..");
const URL_OF = 'file:///home/a "b"/net-tfjs/model.json';
const make = (text: string, file = "net.ts", exportName = "net") =>
  loadingCode(text, file, { exportName, url: URL_OF, run: "r-abcd" });

const IMPORT = 'import * as tf from "@tensorflow/tfjs";\n';
const NET = "tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] })";

/** File → its text; each exports `net`, or an experiment of it. */
const FILES: Readonly<Record<string, string>> = {
  "function.ts": `${IMPORT}export function net(): tf.LayersModel { return ${NET}; }\n`,
  "promise.ts": `${IMPORT}export const net = async (units = 2) => { console.log(units); return ${NET}; };\n`,
  "renamed.ts": `import * as T from "@tensorflow/tfjs";\nexport function net() { return ${NET.replaceAll("tf.", "T.")}; }\n`,
  "given.ts": `${IMPORT}export function net(units: number) { console.log(units); return ${NET}; }\n`,
  "value.ts": `${IMPORT}export const net = ${NET};\n`,
  "parts.ts": `import { layers, sequential } from "@tensorflow/tfjs";\nexport function net() { return ${NET.replaceAll("tf.", "")}; }\n`,
};

describe("loadingCode", () => {
  it("calls the function of the file, and gives its model the weights", () => {
    assert.equal(
      make(`${IMPORT}import { defineExperiment } from "whittle";
export function net() { return ${NET}; }
export default defineExperiment({ model: net, data: "digits" });`),
      `/** net as run r-abcd left it, without the units that do nothing: net must have its sizes. */
export async function loadNet(): Promise<tf.LayersModel> {
  const model = net();
  const compact = await tf.loadLayersModel("file:///home/a \\"b\\"/net-tfjs/model.json");
  model.setWeights(compact.getWeights());
  return model;
}
`,
    );
  });

  it("says that layers of whittle/layers have to be loaded before", () => {
    const code = loadingCode(FILES["function.ts"] ?? "", "net.ts", {
      exportName: "net",
      url: URL_OF,
      run: "r",
      hasLayers: true,
    });
    assert.match(code, /^\/\*\* net as run r .*; load whittle-layers\.js, which lies beside it, before\. \*\/$/m);
    assert.doesNotMatch(make(FILES["function.ts"] ?? ""), /whittle-layers/);
  });

  it("takes the exported model as it is where it knows no function", () => {
    for (const text of [
      "",
      `${IMPORT}export class A { net(x) { return ${NET}; } }`,
      FILES["given.ts"] ?? "",
      `${IMPORT}export async function net() { const m = ${NET}; await m.fit(xs, ys); }`,
      `${IMPORT}let m;\nexport function net() { m = ${NET}; }`,
      `${IMPORT}export class net { constructor() { this.net = ${NET}; } }`,
    ]) {
      const code = make(text);
      assert.match(code, /return tf\.loadLayersModel\("file:/);
      assert.doesNotMatch(code, /setWeights|must have/);
    }
  });

  it("is plain JavaScript in a file of that, without exports where it has none", () => {
    const code = make(`const tf = require("@tensorflow/tfjs");\nfunction net() { return ${NET}; }`, "net.js");
    assert.match(code, /^async function loadNet\(\) \{$/m);
    assert.match(
      make(`${IMPORT}export const net = () => ${NET};`, "net.mjs"),
      /^export async function loadNet\(\) \{$/m,
    );
  });

  it("compiles below each file, with the strictest types", () => {
    // Where imports are found.
    mkdirSync(join(root, "out"), { recursive: true });
    const folder = mkdtempSync(join(root, "out", "loading-"));
    try {
      const names = Object.entries(FILES).map(([name, text]) => {
        const code = make(text, name);
        // An import may stand below, but people put it above.
        const [head = "", rest = ""] = code.startsWith("import") ? code.split(/(?<=;\n)\n/) : ["", code];
        writeFileSync(join(folder, name), `${head}${text}\n${rest}`);
        return join(folder, name);
      });
      const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "preserve", "--target", "esnext"];
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      execFileSync(process.execPath, [tsc, ...options, "--noUnusedLocals", "--ignoreConfig", ...names], { cwd: root });
    } catch (error) {
      assert.fail(String((error as { stdout?: Buffer }).stdout ?? error));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
