import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { FoundDefinition } from "../../../../src/models/scan/found.ts";
import { scanDefinitions, scanText } from "../../../../src/models/scan/scan.ts";

const TF = 'import * as tf from "@tensorflow/tfjs";\n';
const brief = (text: string, file = "a.ts") =>
  scanDefinitions(text, file).map(({ exportName, kind }) => `${kind} ${exportName}`);
const layersOf = (found: FoundDefinition | undefined) => found?.layers.map(({ kind, name }) => [kind, name]);

describe("scan", () => {
  it("finds what the examples define, with every layer where it stands", () => {
    const text = readFileSync(new URL("../../../../examples/lenet5.model.ts", import.meta.url), "utf8");
    const found = scanDefinitions(text, "lenet5.model.ts");
    assert.deepEqual(
      found.map(({ name, exportName, kind }) => [name, exportName, kind]),
      [
        ["lenet5", "lenet5", "function"],
        ["default", "default", "experiment"],
      ],
    );
    const [lenet, experiment] = found;
    assert.ok(text.slice(lenet?.start).startsWith("export function lenet5"));
    assert.ok(text.slice(0, lenet?.end).endsWith("}"));
    assert.ok(text.slice(experiment?.start).startsWith("export default defineExperiment("));
    const expected = [
      ["conv2d", "conv1"],
      ["maxPooling2d", undefined],
      ["conv2d", "conv2"],
      ["maxPooling2d", undefined],
      ["flatten", undefined],
      ["dense", "fc1"],
      ["dense", "fc2"],
    ];
    assert.deepEqual(layersOf(lenet), expected);
    assert.deepEqual(layersOf(experiment), expected);
    for (const { start, end, kind } of lenet?.layers ?? []) {
      assert.ok(text.slice(start).startsWith(`tf.layers.${kind}(`));
      assert.equal(text[end - 1], ")");
    }
  });

  for (const [what, text, expected] of [
    ["an arrow function", `${TF}export const net = () => tf.sequential();`, ["function net"]],
    ["an async function", `${TF}export async function net() { return tf.sequential(); }`, ["function net"]],
    ["a functional model", `${TF}export const net = function () { return tf.model({}); };`, ["function net"]],
    ["a default export", `${TF}export default function () { return tf.sequential(); }`, ["function default"]],
    ["a default arrow", `${TF}export default () => tf.sequential();`, ["function default"]],
    ["a default by name", `${TF}function net() { return tf.sequential(); }\nexport default net;`, ["function default"]],
    ["a list of exports", `${TF}const net = () => tf.sequential();\nexport { net as big };`, ["function big"]],
    [
      "a named import",
      'import { sequential as s } from "@tensorflow/tfjs-layers";\nexport const n = () => s();',
      ["function n"],
    ],
    [
      "a required engine",
      'const { model } = require("@tensorflow/tfjs");\nexport const n = () => model({});',
      ["function n"],
    ],
    [
      "a default import",
      'import tf from "@tensorflow/tfjs-node";\nexport const n = () => tf.sequential();',
      ["function n"],
    ],
    [
      "another name for tf",
      'import * as T from "@tensorflow/tfjs";\nexport const n = () => T.sequential();',
      ["function n"],
    ],
    [
      "types around it",
      `${TF}export const n = (() => tf.sequential() as tf.LayersModel) satisfies () => unknown;`,
      ["function n"],
    ],
    [
      "a function it returns",
      `${TF}function b(n: number) { return tf.sequential(); }\nexport const net = () => b(3);`,
      ["function net"],
    ],
    [
      "defaults for parameters",
      `${TF}export function net(units = 3, x?: number) { return tf.sequential(); }`,
      ["function net"],
    ],
    ["a function that is not exported", `${TF}function net() { return tf.sequential(); }`, ["function net"]],
    ["required parameters", `${TF}export function net(units: number) { return tf.sequential(); }`, ["function net"]],
    [
      "module.exports = function",
      `${TF}module.exports = function () { return tf.sequential(); };`,
      ["function default"],
    ],
    [
      "module.exports = name",
      `${TF}function net() { return tf.sequential(); }\nmodule.exports = net;`,
      ["function default"],
    ],
    [
      "module.exports = { … }",
      `${TF}const a = () => tf.sequential();\nmodule.exports = { a, b: a, c() { return tf.sequential(); }, d: () => tf.model({}) };`,
      ["function a", "function b", "function c", "function d"],
    ],
    ["exports.name", `${TF}exports.net = () => tf.sequential();`, ["function net"]],
    ["module.exports.name", `${TF}module.exports.net = async () => tf.sequential();`, ["function net"]],
    [
      "a model at the top",
      `${TF}const model = tf.sequential();\nmodel.add(tf.layers.dense({ units: 1 }));`,
      ["model model"],
    ],
    ["an exported model", `${TF}export const net = tf.model({});`, ["model net"]],
    ["a model that is the module", `${TF}const model = tf.sequential();\nmodule.exports = model;`, ["model default"]],
    [
      "methods and static methods",
      `${TF}class Net { build() { return tf.sequential(); } static make(n) { return tf.sequential(); } other() { return 1; } }`,
      ["function Net.build", "function Net.make"],
    ],
    [
      "a method of an exported class that calls another",
      `${TF}export class Net { parts() { return tf.sequential(); } build() { return this.parts(); } }`,
      ["function Net.parts", "function Net.build"],
    ],
    [
      "no method of a class that wants to be given something",
      `${TF}class Net { constructor(units) {} build() { return tf.sequential(); } static make() { return tf.sequential(); } }`,
      ["function Net.make"],
    ],
    ["a property that is a function", `${TF}class Net { build = () => tf.sequential(); }`, ["function Net.build"]],
    [
      "a builder that returns several",
      `${TF}function make() { const encoder = tf.model({}); const decoder = tf.model({}); return [encoder, decoder]; }`,
      ["function make"],
    ],
    [
      "a builder that returns an object",
      `${TF}function make() { const model = tf.model({}); return { model, size: 3 }; }`,
      ["function make"],
    ],
    [
      "a model that is made under a condition",
      `${TF}function make(deep) { let m; if (deep) { m = tf.sequential(); } else { m = tf.model({}); } return m; }`,
      ["function make"],
    ],
    ["one of two", `${TF}const make = (deep) => (deep ? tf.sequential() : tf.model({}));`, ["function make"]],
    [
      "an awaited builder",
      `${TF}async function a() { return tf.sequential(); }\nexport async function b() { return await a(); }`,
      ["function b"],
    ],
    [
      "no helper of another",
      `${TF}function part() { return tf.sequential(); }\nfunction net() { const m = part(); m.add(1); return m; }`,
      ["function net"],
    ],
    [
      "layers by another way",
      `const tf = require("@tensorflow/tfjs-node");\nconst { layers, sequential } = tf;\nfunction net() { return sequential({ layers: [layers.dense({ units: 1 })] }); }`,
      ["function net"],
    ],
    [
      "import = require",
      'import tf = require("@tensorflow/tfjs");\nexport const n = () => tf.sequential();',
      ["function n"],
    ],
    [
      "members of objects",
      `${TF}export const nets = { a: () => tf.sequential(), b() { return tf.sequential(); }, c: tf.model({}), d: 1, get e() { return tf.model({}); } } as const;`,
      ["function nets.a", "function nets.b", "model nets.c"],
    ],
    [
      "members of an object that is the default export",
      `${TF}export default { a: () => tf.sequential(), b: 2 };`,
      ["function default.a"],
    ],
    [
      "classes whose objects have a model",
      `${TF}export class A { constructor(units) { this.net = tf.sequential(); } }\nexport default class { constructor() { this.a = { b: tf.model({}) }; } }\nclass C { model = tf.model({}); static net = tf.model({}); }`,
      ["function A", "function default", "model C.model", "model C.net"],
    ],
    [
      "a class under another name",
      `${TF}class A { constructor() { this.net = tf.sequential(); } }\nmodule.exports = { Net: A };`,
      ["function Net"],
    ],
    [
      "functions that keep a model where others find it",
      `${TF}let net;\nfunction a() { net = tf.sequential(); }\nconst b = () => { const m = tf.model({}); globalThis.net = m; };\nclass C { init() { const m = tf.model({}); this.m = m; } }`,
      ["function a", "function b", "function C.init"],
    ],
    [
      "what is called where it is written",
      `${TF}const a = (() => { const m = tf.sequential(); return m; })();\nexport const b = await (async function () { return tf.model({}); })();`,
      ["model a", "model b"],
    ],
    [
      "a variable that gets its model later, once",
      `${TF}let net, other;\ntry { net = 3; } catch { net = tf.sequential(); }\nnet = tf.model({});\nother = 4;`,
      ["model net"],
    ],
    [
      "a named experiment",
      'import { defineExperiment as d } from "whittle";\nexport const e = d({ model: f });',
      ["experiment e"],
    ],
  ] as const) {
    it(`finds ${what}`, () => assert.deepEqual(brief(text), expected));
  }

  for (const [what, text] of [
    ["a string", `${TF}export const s = "tf.sequential()";`],
    ["a template", `${TF}export const s = () => \`tf.sequential()\`;`],
    ["a comment", `${TF}export function net() { /* tf.sequential() */ return 1; }`],
    ["a commented function", `${TF}/*\nexport function net() { return tf.sequential(); }\n*/`],
    ["the user's own sequential", "function sequential() {}\nexport const net = () => sequential();"],
    ["the user's own tf", "const tf = { sequential() {} };\nexport const net = () => tf.sequential();"],
    ["another package", 'import * as tf from "other";\nexport const net = () => tf.sequential();'],
    ["a member of what is made when it is run", `${TF}export const nets = make({ a: () => tf.sequential() });`],
    [
      "a model that is kept in a variable of the function",
      `${TF}function a(into) { let net; net = tf.sequential(); into.net = net; }`,
    ],
    [
      "a model that a function inside of it keeps",
      `${TF}let net;\nfunction a() { return () => { net = tf.sequential(); }; }`,
    ],
    ["`this` of a function that is no method", `${TF}function a() { this.net = tf.sequential(); }`],
    ["a variable that never gets one", `${TF}let net;\nnet = { sequential: tf.sequential };`],
    ["an inner export look-alike", `${TF}function outer() { const net = () => tf.sequential(); return net; }`],
    [
      "a function that only uses a model",
      `${TF}import { net } from "./net";\nexport function go() { net().summary(); }`,
    ],
    ["a method of that name", `${TF}export const n = () => foo.tf.sequential();`],
    ["a type", `${TF}export type Net = typeof tf.sequential;`],
    ["a user's defineExperiment", "const defineExperiment = (x: object) => x;\nexport default defineExperiment({});"],
    ["an export from elsewhere", `${TF}export { net } from "./net.ts";`],
  ] as const) {
    it(`is not taken in by ${what}`, () => assert.deepEqual(brief(text), []));
  }

  it("tells parameters, with what the file gives them", () => {
    const parametersOf = (text: string) =>
      scanDefinitions(`${TF}${text}`, "a.ts")[0]?.parameters?.map(({ name, isRequired, suggestion }) => [
        name,
        isRequired,
        suggestion,
      ]);
    assert.deepEqual(
      parametersOf(
        "const SIZE = 28;\nfunction net(size, units = 5, name?: string, ...rest) { return tf.sequential(); }\nnet(SIZE);",
      ),
      [
        ["size", true, 28],
        ["units", false, 5],
        ["name", false, undefined],
      ],
    );
    assert.deepEqual(
      parametersOf(
        "function net({ units, rate = 0.5 }) { return tf.sequential(); }\nconst m = net({ units: [3, -1] });",
      ),
      [
        ["units", true, [3, -1]],
        ["rate", false, 0.5],
      ],
    );
    assert.deepEqual(parametersOf("function net({ units } = {}) { return tf.sequential(); }"), [
      ["units", false, undefined],
    ]);
    assert.equal(parametersOf("function net() { return tf.sequential(); }"), undefined);
    assert.deepEqual(
      parametersOf("class Net { constructor(units) { this.net = tf.sequential(); } }\nconst net = new Net(7);"),
      [["units", true, 7]],
    );
  });

  it("finds functions that train a model that they make, themselves or by another function, and tells of those that keep it", () => {
    const { definitions, hindrances } = scanText(
      `${TF}async function run() { const m = tf.sequential({ layers: [tf.layers.dense({ units: 3 })] }); await m.fit(1, 2); }
      const net = (units) => tf.sequential({ layers: [tf.layers.dense({ units })] });
      class Demo { async train(data) { const m = net(3); m.compile({}); await m.fitDataset(data); } }
      async function goOn(m) { await m.fit(1, 2); }
      function hold() { this.m = tf.sequential(); }
      run();
      (async () => { const m = tf.sequential(); })();
      button.addEventListener("click", function () { tf.model({}).summary(); });
      run().then((m) => { console.log(m); });`,
      "a.js",
    );
    assert.deepEqual(
      definitions.map(({ exportName, kind, layers, isProgram }) => [exportName, kind, layers.length, isProgram]),
      [
        ["run", "function", 1, undefined],
        ["net", "function", 1, undefined],
        ["Demo.train", "function", 1, true],
      ],
    );
    assert.deepEqual(
      hindrances.map(({ name }) => name),
      ["hold", undefined, undefined],
    );
  });

  it("knows what a function trains when it is called from what it may train after an event", () => {
    const train = "const m = tf.sequential(); await m.fit(1, 2);";
    const names = (text: string) => {
      const { definitions, hindrances } = scanText(`${TF}${text}`, "a.jsx");
      return [definitions.map(({ name }) => name), hindrances.map(({ name }) => name)];
    };
    for (const text of [
      `function go() { load().then(async (data) => { ${train} }); }`,
      `function go() { const inner = async () => { ${train} }; return inner(); }`,
      `function go() { async function inner() { ${train} } load().then(inner); }`,
      `function go() { [1].forEach(async () => { ${train} }); }`,
      `function go() { (async () => { ${train} })(); }`,
    ]) {
      assert.deepEqual(names(text), [["go"], []], text);
    }
    for (const text of [
      `function go() { const inner = async () => { ${train} }; return <button onClick={inner} />; }`,
      `function go() { return <button onClick={async () => { ${train} }} />; }`,
      `function go() { useEffect(() => { (async () => { ${train} })(); }, []); }`,
      `function go() { button.addEventListener("click", async () => { ${train} }); }`,
      `function go() { const inner = async () => { ${train} }; setTimeout(inner, 10); }`,
      `const go = () => { button.onclick = async () => { ${train} }; };`,
    ]) {
      assert.deepEqual(names(text), [[], ["go"]], text);
    }
  });

  it("goes on beside half-typed code", () => {
    const text = [
      TF.trim(),
      "export function first() { return tf.sequential({ layers: [tf.layers.dense({ units: 3 })] }); }",
      "export function typing() {",
      "  const model = tf.sequential({ layers: [",
      "/*",
      "export function hidden() { return tf.sequential(); }",
      "*/",
      "export const last = () => {",
      "  return tf.sequential();",
      "};",
    ].join("\n");
    const found = scanDefinitions(text, "a.ts");
    assert.deepEqual(
      found.map(({ name }) => name),
      ["first", "last"],
    );
    assert.equal(found[1]?.start, text.indexOf("export const last"));
    assert.deepEqual(layersOf(found[0]), [["dense", undefined]]);
  });

  it("never throws, whatever the text, and cut anywhere", () => {
    const text = readFileSync(new URL("../../../../examples/lenet300.model.ts", import.meta.url), "utf8");
    for (let end = 0; end <= text.length; end += 7) scanDefinitions(text.slice(0, end), "a.ts");
    const pieces = fc.constantFrom(
      ..."{}()[]`'\"/*\n;,=<>",
      "export ",
      "function ",
      "tf.sequential(",
      TF,
      "=>",
      "f",
      "import ",
    );
    fc.assert(
      fc.property(fc.array(pieces), fc.constantFrom("a.ts", "a.js", "a.tsx", "a.cjs"), (parts, file) => {
        for (const { start, end } of scanDefinitions(parts.join(""), file)) assert.ok(start < end);
      }),
    );
  });
});
