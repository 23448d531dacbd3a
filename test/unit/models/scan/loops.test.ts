import assert from "node:assert/strict";
import fc from "fast-check";
import { matchLayers } from "../../../../src/models/scan/layerTensors.ts";
import { scanDefinitions } from "../../../../src/models/scan/scan.ts";

const TF = 'import * as tf from "@tensorflow/tfjs";\n';

/** By the text of each call: the layers it made, joined. */
function match(body: string, layers: readonly string[], top = ""): Record<string, string> {
  const text = `${TF}${top}\nexport function net(given, flags) {\nconst m = tf.sequential();\n${body}\nreturn m;\n}`;
  const [definition] = scanDefinitions(text, "a.ts");
  const tensors = layers.map((name) => ({ name: `${name}/kernel` }));
  return Object.fromEntries(
    [...matchLayers(definition?.layers ?? [], tensors)].map(([{ start, end }, made]) => [
      text.slice(start, end).replace(/^tf\.layers\./, ""),
      made.map((own) => own.map(({ name }) => name.replace("/kernel", "")).join("+")).join(" "),
    ]),
  );
}

const dense = (...counts: number[]) => counts.map((count) => `dense_Dense${count}`);
const add = (args = "") => `m.add(tf.layers.dense(${args}));`;

/** A template with one value. */
const block = (before: string, value: string, behind = "") => `\`${before}$\{${value}}${behind}\``;

/** How a program ends: with the model, or with what other functions add. */
const ENDINGS = [
  "return m;",
  "return m;",
  "return helped(m);",
  "m.add(helper()); return m;",
  "return flags() ? m : helped(m);",
  "if (flags()) return helped(m); m.add(tf.layers.dense({ id: ID })); return m;",
];

describe("layers made in loops", () => {
  for (const [what, loop] of [
    ["counts up", "for (let i = 0; i < 3; i++)"],
    ["counts up to its end", "for (let i = 1; i <= 3; ++i)"],
    ["counts in steps", "for (let i = 0; i < 5; i += 2)"],
    ["counts down", "for (let i = 3; i > 0; i--)"],
    ["goes to a constant", "const N = 3; for (let i = 0; i < N; i++)"],
    ["goes to a constant of the file", "for (let i = 0; i < DEPTH; i++)"],
    ["goes through a list", "for (const units of [3, 4, 5])"],
    ["goes through a constant list", "const sizes = [3, 4, 5]; for (const units of sizes)"],
  ] as const) {
    it(`tells those of a loop that ${what} from what comes before and after`, () => {
      const body = `${add("1")}\n${loop} { ${add("{ units: 2 }")} }\n${add("{ units: 3 }")}`.replace(
        "dense(1)",
        "dense({})",
      );
      assert.deepEqual(match(body, dense(1, 2, 3, 4, 5), "const DEPTH = 3;"), {
        "dense({})": "dense_Dense1",
        "dense({ units: 2 })": "dense_Dense2 dense_Dense3 dense_Dense4",
        "dense({ units: 3 })": "dense_Dense5",
      });
    });
  }

  for (const [what, call] of [
    ["forEach", `[1, 2].forEach((units) => { ${add("{ units }")} });`],
    ["map", `const all = [1, 2].map((units) => tf.layers.dense({ units }));`],
    ["Array.from", `const all = Array.from({ length: 2 }, (_, units) => tf.layers.dense({ units }));`],
  ] as const) {
    it(`tells those of ${what}`, () => {
      assert.deepEqual(match(`${call}\n${add("{ units: 9 }")}`, dense(1, 2, 3)), {
        [call.includes("{ units })") ? "dense({ units })" : ""]: "dense_Dense1 dense_Dense2",
        "dense({ units: 9 })": "dense_Dense3",
      });
    });
  }

  it("tells those of two calls in one loop, and of loops in loops", () => {
    const pair = `for (let i = 0; i < 2; i++) { ${add("{ units: 1 }")} for (const x of [1, 2]) ${add("{ units: 2 }")} }`;
    assert.deepEqual(match(pair, dense(1, 2, 3, 4, 5, 6)), {
      "dense({ units: 1 })": "dense_Dense1 dense_Dense4",
      "dense({ units: 2 })": "dense_Dense2 dense_Dense3 dense_Dense5 dense_Dense6",
    });
  });

  it("tells those of a loop of unknown length only where no other call makes such layers", () => {
    const loop = `for (const units of given) { ${add("{ units }")} }`;
    assert.deepEqual(match(loop, dense(1, 2)), { "dense({ units })": "dense_Dense1 dense_Dense2" });
    assert.deepEqual(match(`${loop}\n${add("{ units: 1 }")}`, dense(1, 2)), {});
    assert.deepEqual(match(`${loop}\n${add("given")}`, dense(1, 2)), {});
    assert.deepEqual(match(`${loop}\nm.add(block());`, dense(1, 2), 'import { block } from "./block";'), {});
    const helper = `function head() { return tf.layers.dense({ units: 7 }); }`;
    assert.deepEqual(match(`${loop}\nm.add(head());`, dense(1, 2), helper), {});
    assert.deepEqual(match("m.add(head()); m.add(head());", dense(1, 2), helper), {
      "dense({ units: 7 })": "dense_Dense1 dense_Dense2",
    });
  });

  for (const [what, loop] of [
    ["is left early", `for (let i = 0; i < 3; i++) { if (flags) break; ${add()} }`],
    ["counts otherwise", `for (let i = 0; i < 3; i++) { i += given; ${add()} }`],
    ["goes through a list that grows", `const all = [1]; all.push(2); for (const x of all) { ${add()} }`],
    ["goes through a parameter of a constant's name", `for (const x of given) { ${add()} }`],
    ["is a while", `while (given()) { ${add()} }`],
  ] as const) {
    it(`tells nothing of a loop that ${what}, beside another call`, () => {
      const top = "const given = [1, 2, 3];";
      assert.deepEqual(match(`${loop}\n${add("{ units: 1 }")}`, dense(1, 2, 3, 4), top), {});
    });
  }

  it("tells those of a branch where all branches were taken, or nothing else makes such layers", () => {
    const branch = `if (flags) { ${add("{ units: 1 }")} }`;
    const both = `${branch}\n${add("{ units: 2 }")}`;
    assert.deepEqual(match(both, dense(1)), {});
    assert.deepEqual(match(both, dense(1, 2)), {
      "dense({ units: 1 })": "dense_Dense1",
      "dense({ units: 2 })": "dense_Dense2",
    });
    assert.deepEqual(match(branch, dense(1)), { "dense({ units: 1 })": "dense_Dense1" });
  });

  it("finds layers by names that are put together", () => {
    const loop = `for (const i of given) { ${add(`{ name: ${block("block", "i")} }`)} ${add('{ name: "in" + i + "/x" }')} }`;
    assert.deepEqual(match(`${loop}\n${add('{ name: "blocks" }')}`, ["block1", "block2", "blocks", "other", "in3"]), {
      [`dense({ name: ${block("block", "i")} })`]: "block1 block2",
      'dense({ name: "blocks" })': "blocks",
    });
    assert.deepEqual(match(`${loop}\n${add("given")}`, ["block1"]), {});
    assert.deepEqual(match(`${loop}\n${add(`{ name: ${block("", "i", "1")} }`)}`, ["block1"]), {});
    assert.deepEqual(
      match(`${add(`{ name: ${block("block", "given")} }`)}`, ["block1", "block2"]),
      {},
      "it makes one layer",
    );
    assert.deepEqual(match(`${add(`{ name: ${block("", "given")} }`)}`, ["block1"]), {});
    assert.deepEqual(match(loop.replace("block", "d"), dense(1)), {}, "a name that TensorFlow.js gave");
  });

  it("adds those of a loop to a model at the top", () => {
    const text = `${TF}const m = tf.sequential();\nfor (let i = 0; i < 2; i++) { m.add(tf.layers.dense({ units: 1 })); }`;
    const layers = scanDefinitions(text, "a.ts")[0]?.layers ?? [];
    assert.deepEqual(
      layers.map(({ kind, blocks }) => [kind, blocks?.map(({ times }) => times)]),
      [["dense", [2]]],
    );
  });

  it("never takes a layer for that of another call, whatever the program", () => {
    type Program = { readonly text: string };
    const depth = fc.createDepthIdentifier();
    const { program } = fc.letrec<{ program: Program; statement: Program }>((tie) => ({
      statement: fc.oneof(
        { depthIdentifier: depth, maxDepth: 2 },
        fc.constantFrom("dense", "conv1d").map((kind) => ({ text: `m.add(tf.layers.${kind}({ id: ID }));` })),
        fc
          .tuple(fc.integer({ min: 1, max: 3 }), tie("program"))
          .map(([n, { text }]) => ({ text: `for (let i = 0; i < ${n}; i++) { ${text} }` })),
        fc
          .tuple(fc.integer({ min: 1, max: 3 }), tie("program"))
          .map(([n, { text }]) => ({ text: `[${"1,".repeat(n)}].forEach(() => { ${text} });` })),
        fc
          .tuple(tie("program"), tie("program"))
          .map(([a, b]) => ({ text: `if (flags()) { ${a.text} } else { ${b.text} }` })),
        tie("program").map(({ text }) => ({ text: `for (const x of given()) { ${text} }` })),
        tie("program").map(({ text }) => ({ text: `for (let i = 0; i < 3; i++) { if (flags()) continue; ${text} }` })),
      ),
      program: fc
        .array(tie("statement"), { minLength: 1, maxLength: 2 })
        .map((all) => ({ text: all.map(({ text }) => text).join("\n") })),
    }));
    let matched = 0;
    const check = ({ text }: Program, choices: readonly number[], known: readonly boolean[], ending: string) => {
      let id = 0;
      const withIds = (part: string): string =>
        part.replace(/ID/g, () => {
          id += 1;
          return String(id);
        });
      const helpers =
        "function helper() { return tf.layers.dense({ id: ID }); }\nfunction helped(m) { m.add(tf.layers.dense({ id: ID })); return m; }";
      const code = withIds(`${helpers}\nfunction net() { const m = tf.sequential(); ${text}\n${ending} }`);
      const source = `${TF}${code}\nexport { net };`;
      // What TensorFlow.js would do: it counts the layers of each class.
      const made: { readonly name: string; readonly id: number }[] = [];
      const counts = { Dense: 0, Conv1D: 0 };
      const layer = (className: "Dense" | "Conv1D") => (args: { readonly id: number }) => {
        counts[className] += 1;
        made.push({ name: `${className.toLowerCase()}_${className}${counts[className]}/kernel`, id: args.id });
      };
      const engine = {
        sequential: () => ({ add: () => undefined }),
        layers: { dense: layer("Dense"), conv1d: layer("Conv1D") },
      };
      let at = 0;
      const choose = (): number => choices[at++ % choices.length] ?? 0;
      const run = new Function("tf", "flags", "given", `${code}\nnet();`);
      run(
        engine,
        () => choose() % 2 === 1,
        () => Array.from({ length: choose() % 3 }),
      );
      const tensors = made.filter((_, index) => known[index % known.length]);
      const definition = scanDefinitions(source, "a.ts").find(({ exportName }) => exportName === "net");
      for (const [{ start, end }, groups] of matchLayers(definition?.layers ?? [], tensors)) {
        const own = Number(/id: (\d+)/.exec(source.slice(start, end))?.[1]);
        assert.deepEqual(
          groups.flat().map(({ name }) => name),
          tensors.filter((each) => each.id === own).map(({ name }) => name),
          source,
        );
        matched += 1;
      }
    };
    fc.assert(
      fc.property(
        program,
        fc.array(fc.nat(5), { minLength: 1 }),
        fc.oneof(fc.constant([true]), fc.array(fc.boolean(), { minLength: 1, maxLength: 6 })),
        fc.constantFrom(...ENDINGS),
        check,
      ),
      { numRuns: 500 },
    );
    assert.ok(matched > 80, `${matched} matched`);
  });
});
