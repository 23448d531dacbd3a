import assert from "node:assert/strict";
import { createRandom } from "../../../../src/data/random.ts";
import { neededPart } from "../../../../src/models/scan/neededPart.ts";

const TF = 'import * as tf from "@tensorflow/tfjs";';
/** Lines that are left, numbered from 1. */
const linesLeft = (text: string, name: string): readonly number[] | undefined => {
  const part = neededPart(text, "a.ts", name);
  if (part === undefined) return undefined;
  const whole = text.split("\n");
  const left = part.text.split("\n");
  assert.equal(left.length, whole.length);
  return left.flatMap((line, at) => {
    if (line.trim() === "") return [];
    assert.equal(line, whole[at], "what is left stands where it stood");
    return [at + 1];
  });
};

describe("the part of a file that a definition needs", () => {
  it("is what it mentions, and what that mentions, and no other code", () => {
    const text = [
      TF,
      'import embed from "vega-embed";',
      'import { width } from "./sizes";',
      "const scale = 2;",
      "const units = () => scale * width;",
      'const canvas = document.getElementById("canvas");',
      "export function net() { return tf.sequential({ layers: [tf.layers.dense({ units: units() })] }); }",
      "async function run() { embed(canvas, await net().fit()); }",
      "run();",
      'document.addEventListener("click", () => net());',
    ].join("\n");
    assert.deepEqual(linesLeft(text, "net"), [1, 3, 4, 5, 7]);
    assert.deepEqual(neededPart(text, "a.ts", "net")?.leftOut, [
      [2, 2],
      [6, 6],
      [8, 10],
    ]);
  });

  it("has what may change what it mentions: calls of its methods, assignments, what is given a class or an object", () => {
    const text = [
      TF,
      "const sizes = [3];",
      "sizes.push(4);",
      "const model = tf.sequential();",
      "for (const units of sizes) model.add(tf.layers.dense({ units }));",
      "(async () => { sizes.length = 1; })();",
      "class Gate extends tf.layers.Layer {}",
      "model.add(new Gate());",
      "tf.serialization.registerClass(Gate);",
      "console.log(tf.version);",
      "let other = 1;",
      "other += 1;",
      "module.exports = { model, other };",
    ].join("\n");
    assert.deepEqual(linesLeft(text, "model"), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("has no program that only calls it, or hands it on as a function", () => {
    const text = [
      TF,
      "function build(units = 3) { return tf.sequential({ layers: [tf.layers.dense({ units })] }); }",
      "build().summary();",
      'document.addEventListener("load", build);',
      "if (require.main === module) { const model = build(); model.fit(1, 2); }",
    ].join("\n");
    assert.deepEqual(linesLeft(text, "build"), [1, 2]);
  });

  for (const [what, text, name, left] of [
    ["under another name", "const a = 1;\nconst build = () => 3;\nexport { build as net };\nalert(a);", "net", [2]],
    ["as the module", "const a = 1;\nconst build = () => 3;\nmodule.exports = build;", "default", [2]],
    ["of the module without a name", "alert(1);\nmodule.exports = () => 3;", "default", [2]],
    ["by exports", "alert(1);\nexports.net = () => 3;", "net", [2]],
    ["as the default without a name", "alert(1);\nexport default () => 3;", "default", [2]],
    ["as a default function", "alert(1);\nexport default function net() {}", "default", [2]],
    ["from another file", 'alert(1);\nexport { net } from "./net";\nexport { b } from "./b";', "net", [2]],
    ["as a class", "alert(1);\nexport class Net { build() { return 3; } }", "Net", [2]],
    [
      "with an experiment of it",
      'import { defineExperiment } from "whittle";\nalert(1);\nexport const net = () => 3;\nexport default defineExperiment({ model: net });',
      "net",
      [1, 3, 4],
    ],
  ] as const) {
    it(`finds what is exported ${what}`, () => assert.deepEqual(linesLeft(text, name), left));
  }

  it("keeps types, and is not known where the text cannot be read, or nothing can be left out, or nothing is called that", () => {
    assert.deepEqual(linesLeft("interface A {}\ntype B = A;\nconst net = (b: B) => b;\nalert(1);", "net"), [1, 2, 3]);
    assert.equal(linesLeft("const net = (;\nalert(1);", "net"), undefined);
    assert.equal(linesLeft("const a = 3;\nexport const net = () => a;", "net"), undefined);
    assert.equal(linesLeft("const a = 3;\nalert(a);", "net"), undefined);
  });

  it("gives what the whole gives, in 2,000 made-up programs", () => {
    let shorter = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const text = makeProgram(seed);
      const run = (code: string): unknown => new Function(`${code}\nreturn JSON.stringify(target());`)();
      const part = neededPart(text, "a.js", "target");
      if (part === undefined) continue;
      shorter += 1;
      assert.equal(run(part.text), run(text), text);
    }
    assert.ok(shorter > 1200, `${shorter} of them could be made shorter`);
  });
});

/** Values, lists, functions and classes that use and change each other, and a function `target` of some. */
function makeProgram(seed: number): string {
  const random = createRandom(seed, "needed part");
  const below = (count: number): number => Math.floor(random.next() * count);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const [values, lists, functions, changers]: [string[], string[], string[], string[]] = [["v"], ["l"], ["f"], ["c"]];
  const value = (): string =>
    pick([pick(values), `${pick(lists)}.length`, `${pick(functions)}(2)`, `${pick(lists)}[0]`, String(below(9))]);
  const change = (): string =>
    pick([
      `${pick(lists)}.push(${value()})`,
      `${pick(values)} = (${pick(values)} + ${value()}) % 83`,
      `${pick(values)}++`,
      `${pick(lists)}[0] = ${value()}`,
      `Object.assign(${pick(lists)}, { 1: ${value()} })`,
      `[${pick(lists)}[0]] = [${value()}]`,
      `${pick(changers)}()`,
    ]);
  const lines = ["let v = 1;", "const l = [1];", "function f(a) { return a % 7; }", "function c() { v += 1; }"];
  const named = (kind: string[], letter: string, at: number, text: (name: string) => string): string => {
    const line = text(`${letter}${at}`);
    kind.push(`${letter}${at}`);
    return line;
  };
  for (let at = 0; at < 14; at++) {
    const make: readonly (() => string)[] = [
      () => named(values, "v", at, (name) => `let ${name} = (${value()} + ${value()}) % 97;`),
      () => named(lists, "l", at, (name) => `const ${name} = [${value()}, ${value()}];`),
      () => named(lists, "l", at, (name) => `const ${name} = ${pick(lists)};`),
      () => named(lists, "l", at, (name) => `const { list: ${name} } = { list: ${pick(lists)} };`),
      () => named(functions, "f", at, (name) => `const ${name} = (a) => (a + ${value()}) % 89;`),
      () => named(changers, "c", at, (name) => `function ${name}() { ${change()}; }`),
      () => named(changers, "c", at, (name) => `async function ${name}() { ${change()}; await 1; ${change()}; }`),
      () =>
        named(
          changers,
          "c",
          at,
          (name) => `class C${at} { go() { ${change()}; } }\nconst ${name} = () => new C${at}().go();`,
        ),
      () => named(values, "v", at, (name) => `let ${name} = (() => { ${change()}; return ${value()}; })();`),
      () => `${change()};`,
      () => `for (const each of ${pick(lists)}.slice(0, 3)) { ${change()}; }`,
      () => `(() => { ${change()}; })();`,
      () => `${pick(lists)}.slice(0, 2).forEach(() => { ${change()}; });`,
      () => `${pick(lists)}.slice(0, 2).forEach(${pick(changers)});`,
      () => `if (${value()} > 3) { ${change()}; }`,
      () => `(function () { return ${pick(lists)}; })().push(${value()});`,
      () => `Promise.resolve().then(() => { ${change()}; });`,
      () => `${pick(functions)}(${value()});`,
    ];
    lines.push(pick(make)());
  }
  const end = `function target() { return [${value()}, ${value()}, ${pick(lists)}.slice(0, 9)]; }`;
  return [...lines, end].join("\n");
}
