import assert from "node:assert/strict";
import { localFilesOf } from "../../../../src/models/scan/localFiles.ts";
import { scanDefinitions } from "../../../../src/models/scan/scan.ts";
import { mayDefineModel } from "../../../../src/models/scan/signs.ts";

const NET = 'import * as tf from "@tensorflow/tfjs";\nexport function net(units) { return tf.sequential(); }\nnet(5);';
/** Absolute on every system, as paths of the editor are. */
const root = process.platform === "win32" ? "C:\\w\\" : "/w/";
const pathOf = (name: string): string => root + name.replaceAll("/", process.platform === "win32" ? "\\" : "/");

/** Counts what is looked at. */
const files = (texts: Readonly<Record<string, string>>) => {
  const known = new Map(Object.entries(texts).map(([name, text]) => [pathOf(name), text]));
  const read: string[] = [];
  return {
    read,
    readFile(file: string): string | undefined {
      const text = known.get(file);
      if (text !== undefined) read.push(file);
      return text;
    },
  };
};
const found = (text: string, texts: Readonly<Record<string, string>>) =>
  scanDefinitions(text, pathOf("a.ts"), files(texts).readFile);

describe("imported definitions", () => {
  it("stand where they are exported, with their parameters and no layers of another file", () => {
    const text = 'export {\n  net as big,\n} from "./net";';
    const [definition, ...more] = found(text, {
      "net.ts": NET.replace("sequential()", "sequential(tf.layers.dense())"),
    });
    assert.deepEqual(more, []);
    assert.equal(text.slice(definition?.start, definition?.end), "net as big");
    assert.deepEqual(definition?.layers, []);
    assert.deepEqual(definition?.parameters, [{ name: "units", isRequired: true, suggestion: 5 }]);
  });

  it("stand at the call, with the layers that are added there", () => {
    const text =
      'import * as tf from "@tensorflow/tfjs";\nimport { net } from "./net";\nexport const model = net(3);\nmodel.add(tf.layers.dense({ name: "head" }));';
    const [model] = found(text, { "net.ts": NET });
    assert.deepEqual([model?.name, model?.kind], ["model", "model"]);
    assert.ok(text.slice(model?.start).startsWith("export const model"));
    assert.deepEqual(
      model?.layers.map(({ name }) => name),
      ["head"],
    );
  });

  it("are those of the file that is loaded, in the loader's order", () => {
    const names = (texts: Readonly<Record<string, string>>, specifier: string) =>
      found(`export * from "${specifier}";`, texts).map(({ exportName }) => exportName);
    const other = NET.replaceAll("net", "other");
    assert.deepEqual(names({ "net.ts": other, "net.js": NET }, "./net"), ["net"]);
    assert.deepEqual(names({ "net.ts": NET, "net/index.ts": other }, "./net"), ["net"]);
    assert.deepEqual(names({ "net.model.ts": NET }, "./net.model"), ["net"]);
    assert.deepEqual(names({ "net.mts": NET }, "./net.mjs"), ["net"]);
    assert.deepEqual(names({ "net.js": other, "net.ts": NET }, "./net.ts?fresh"), ["net"]);
  });

  it("give way to what the file exports under the same name", () => {
    const text = `${NET.replace("net(5);", "")}\nexport * from "./net";`;
    assert.equal(found(text, { "net.ts": NET }).length, 1);
  });

  it("are found through circles of imports", () => {
    const texts = { "b.ts": `export * from "./a";\nexport * from "./c";`, "c.ts": `export * from "./b";\n${NET}` };
    assert.deepEqual(
      found('export * from "./b";', { ...texts, "a.ts": 'export * from "./b";' }).map(({ exportName }) => exportName),
      ["net"],
    );
  });

  it("are not looked for without end", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`f${index}.ts`, `export * from "./f${index + 1}";`]),
    );
    const { read, readFile } = files({ ...chain, "f200.ts": NET });
    assert.deepEqual(scanDefinitions('export * from "./f0";', pathOf("a.ts"), readFile), []);
    assert.ok(new Set(read).size <= 33, `${new Set(read).size} files`);
  });

  it("are looked for only where a file may have one", () => {
    const { readFile } = files({ "net.ts": NET, "plain.ts": "export const a = 1;" });
    assert.equal(mayDefineModel('import "./net";', pathOf("a.ts"), readFile), true);
    assert.equal(mayDefineModel('import "./plain";', pathOf("a.ts"), readFile), false);
    assert.equal(mayDefineModel('import "./net";', pathOf("a.ts")), false);
  });
});

describe("localFiles", () => {
  it("names what a file imports, in every way, and what that imports, once", () => {
    const { readFile } = files({
      "b.ts": 'import "./deep/c";\nimport a from "./a";',
      "deep/c.ts": "const d = require('../d.json')",
      "d.json": "{}",
      "e.js": "",
      "f.ts": 'export * from "./b.js";',
      "never.ts": "",
    });
    const text =
      'import { b } from "./b";\nconst e = await import("./e");\nimport f = require("./f");\nimport x from "never";\nimport y from "./gone";';
    assert.deepEqual(
      [...localFilesOf(pathOf("a.ts"), text, readFile)].map(({ file }) => file),
      ["b.ts", "e.js", "f.ts", "deep/c.ts", "d.json"].map(pathOf),
    );
  });
});
