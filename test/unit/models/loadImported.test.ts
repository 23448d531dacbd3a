import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { loadDefinition } from "../../../src/models/load.ts";
import { readLocalFile } from "../../../src/models/localFile.ts";
import { scanDefinitions } from "../../../src/models/scan/scan.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { keepSource } from "../../../src/trainer/provenance.ts";
import { useFolder } from "../runs/record/sampleRuns.ts";

const NET = "tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [3] })] })";
const ESM = `import * as tf from "@tensorflow/tfjs";
export function build({ units = 2 } = {}) { return ${NET}; }
export default build;
export class Net { static make(units = 2) { return ${NET}; } }
export const model = ${NET.replace("units,", "units: 2,")};
export async function later(units) { return build({ units }); }
export const pair = (units) => ({ encoder: build({ units: 5 }), decoder: build({ units }) });
export const helper = 3;
function hidden() { return build(); }
`;
const CJS = `const tf = require("@tensorflow/tfjs-node");
function build(units = 2) { return ${NET}; }
module.exports = { build, other: 1 };
`;
const SINGLE = CJS.replace(/module.*/, "module.exports = build;");
const OF_ESM = ["build", "Net.make", "model", "later", "pair"];

describe("models that come from other files", () => {
  const folder = useFolder();
  afterEach(() => tf.disposeVariables());

  const write = (name: string, text: string): string => {
    const file = join(folder(), name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const namesIn = (file: string, text: string) =>
    scanDefinitions(text, file, readLocalFile).map(({ exportName }) => exportName);

  /** The file, what is in it, what is found, and of that what is built, with 2 units. */
  const forms: readonly (readonly [string, string, string, readonly string[], string])[] = [
    ["a function exported again", "a.ts", 'export { build } from "./net";', ["build"], "build"],
    ["one under another name", "a.ts", 'export { build as big } from "./net";', ["big"], "big"],
    ["a default exported again", "a.ts", 'export { default } from "./net.ts";', ["default"], "default"],
    ["a class exported again", "a.ts", 'export { Net as Big } from "./net.ts";', ["Big.make"], "Big.make"],
    ["all of a file", "a.mts", 'export * from "./net.js";', OF_ESM, "model"],
    ["an import that is exported", "a.ts", 'import { build as b } from "./net";\nexport { b };', ["b"], "b"],
    ["one that is the default", "a.ts", 'import b from "./net";\nexport default b;', ["default"], "default"],
    ["one of a namespace", "a.ts", 'import * as n from "./net";\nexport default n.build;', ["default"], "default"],
    ["a call", "a.ts", 'import { build } from "./net";\nexport const net = build({ units: 2 });', ["net"], "net"],
    ["a call that is the default", "a.ts", 'import b from "./net";\nexport default b({});', ["default"], "default"],
    ["a call that is not exported", "a.ts", 'import { Net } from "./net";\nconst net = Net.make();', ["net"], "net"],
    ["an awaited call", "a.mjs", 'import { later } from "./net.mts";\nexport const n = await later(2);', ["n"], "n"],
    ["a call not waited for", "a.ts", 'import { later } from "./net";\nexport const n = later(2);', ["n"], "n"],
    ["one of several", "a.ts", 'import { pair } from "./net";\nexport const n = pair(2);', ["n"], "n.decoder"],
    ["a function of its own", "a.ts", 'import { build } from "./net";\nconst f = () => build();', ["f"], "f"],
    [
      "one that adds layers",
      "a.ts",
      'import * as tf from "@tensorflow/tfjs";\nimport * as n from "./net";\nfunction f() { const m = n.build({ units: 7 }); m.add(tf.layers.dense({ units: 2 })); return m; }',
      ["f"],
      "f",
    ],
    ["required", "a.cjs", 'const { build } = require("./old");\nconst m = build();', ["m"], "m"],
    ["required whole", "a.js", 'const old = require("./old");\nfunction f() { return old.build(); }', ["f"], "f"],
    ["required member", "a.js", 'const b = require("./old").build;\nexports.net = b;', ["net"], "net"],
    ["required function", "a.js", 'const b = require("./single");\nmodule.exports = { b };', ["b"], "b"],
    ["required and called", "a.js", 'const b = require("./single");\nmodule.exports = b(2);', ["default"], "default"],
    ["handed on whole", "a.js", 'module.exports = require("./old");', ["build"], "build"],
    ["handed on among others", "a.js", 'module.exports = { ...require("./old"), x: 1 };', ["build"], "build"],
    ["required by TypeScript", "a.ts", 'import old = require("./old");\nexport const m = old.build();', ["m"], "m"],
    ["through a folder", "a.ts", 'export * from "./models";', OF_ESM, "pair.decoder"],
    ["from the folder above", "sub/a.ts", 'export { build } from "../models";', ["build"], "build"],
    [
      "of an experiment",
      "a.ts",
      'import { defineExperiment } from "whittle";\nimport { build } from "./net";\nexport default defineExperiment({ model: build, seed: 3 });',
      ["default"],
      "default",
    ],
    ["nothing of a type", "a.ts", 'export type { build } from "./net";\nexport * from "./types";', [], ""],
    ["nothing of what is no model", "a.ts", 'export { helper } from "./net";', [], ""],
    ["nothing that is only used", "a.ts", 'import { build } from "./net";\nexport const n = () => build().x;', [], ""],
    ["nothing of a namespace as such", "a.ts", 'import * as n from "./net";\nexport { n };', [], ""],
    ["nothing of a package", "a.ts", 'export { build } from "net";', [], ""],
    ["nothing that is missing", "a.ts", 'export { build } from "./nett";', [], ""],
  ];
  for (const [what, name, text, names, address] of forms) {
    it(`finds ${what}${address === "" ? "" : ", and builds it"}`, async () => {
      for (const each of ["net.ts", "net.mts", "models/net.ts"]) write(each, ESM);
      write("models/index.ts", 'export * from "./net";');
      write("old.js", CJS);
      write("single.js", SINGLE);
      write("types.ts", "export interface Size { readonly a: number }\n");
      const file = write(name, text);
      assert.deepEqual(namesIn(file, text).sort(), [...names].sort());
      if (address === "") return;
      const { build } = await loadDefinition(tf, file, address);
      const needs = /pair|later/.test(address);
      const model = await build(needs ? { units: 2 } : {});
      assert.equal(model.outputs[0]?.shape.at(-1), 2);
    });
  }

  const TO_LIB = '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"], "nets": ["./lib/net.ts"] } } }';
  const aliased: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
    ["paths of a tsconfig.json", { "tsconfig.json": TO_LIB }, "app/a.ts", "@/net"],
    ["a path without a star", { "tsconfig.json": TO_LIB }, "a.ts", "nets"],
    ["paths, in JavaScript", { "tsconfig.json": TO_LIB }, "a.js", "@/net.ts"],
    ["a base", { "tsconfig.json": '{ "compilerOptions": { "baseUrl": ".", /* as before */ } }' }, "a.ts", "lib/net"],
    ["paths that are inherited", { "tsconfig.json": '{ "extends": "./base" }', "base.json": TO_LIB }, "a.mts", "@/net"],
  ];
  for (const [what, configs, name, specifier] of aliased) {
    it(`finds and builds one behind an alias, by ${what}, also from the copy that a run keeps`, async () => {
      for (const [config, text] of Object.entries(configs)) write(config, text);
      write("lib/net.ts", ESM);
      const text = `import { build } from "${specifier}";\nexport const net = build({ units: 2 });`;
      const file = write(name, text);
      assert.deepEqual(namesIn(file, text), ["net"]);
      const copy = join(folder(), "run");
      const kept = await keepSource({ dir: copy, id: "run" }, file);
      assert.deepEqual(
        kept.files?.map(({ path }) => basename(path)).sort(),
        [basename(name), "net.ts", ...Object.keys(configs)].sort(),
      );
      for (const each of [file, join(copy, kept.source)]) {
        const model = await (await loadDefinition(tf, each, "net")).build();
        assert.equal(model.outputs[0]?.shape.at(-1), 2);
      }
    });
  }

  it("says what is missing where an alias leads nowhere, and reads past a config that is damaged", async () => {
    write("tsconfig.json", TO_LIB);
    const file = write("a.ts", 'import { build } from "@/gone";\nexport const net = build();');
    await assert.rejects(loadDefinition(tf, file, "net"), /@\/gone/);
    const other = write("other/b.ts", ESM);
    write("other/tsconfig.json", "{ paths");
    assert.equal((await (await loadDefinition(tf, other, "build")).build({ units: 2 })).outputs[0]?.shape.at(-1), 2);
  });

  it("says where an imported function failed that nobody waited for", async () => {
    write("net.ts", 'export async function later() { await null; throw new Error("no layers"); }');
    const file = write("a.ts", 'import { later } from "./net";\nexport const model = later();');
    await assert.rejects(loadDefinition(tf, file, "model"), (error) => {
      assert.ok(error instanceof WhittleError, String(error));
      assert.match(error.message, /a\.ts.* failed while it was loaded: no layers\./);
      return true;
    });
  });
});
