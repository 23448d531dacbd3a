import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { loadDefinition } from "../../../../src/models/load.ts";
import { type Hurdle, type Resizing, resizeLayers } from "../../../../src/models/scan/resize.ts";
import { scanDefinitions } from "../../../../src/models/scan/scan.ts";
import { collectTrainables } from "../../../../src/models/scan/trainables.ts";
import { nameLayers } from "../../../../src/models/weightNames.ts";
import type { CompactedLayer } from "../../../../src/protocol/compaction.ts";
import { body, IMPORT, WRITTEN } from "./writtenModels.ts";

/** Where TensorFlow.js keeps the size of a layer of each class. */
const SIZE_OF: Readonly<Record<string, readonly string[]>> = {
  Dense: ["units"],
  Conv1D: ["filters"],
  Conv2D: ["filters"],
  SeparableConv2D: ["filters"],
  LSTM: ["units"],
  GRU: ["units"],
  SimpleRNN: ["units"],
  Embedding: ["outputDim"],
  MultiHeadAttention: ["heads"],
  Bidirectional: ["layer", "config", "units"],
  TimeDistributed: ["layer", "config", "units"],
};

/** Sizes that do not change, and one hurdle each. */
const UNSAFE: Readonly<Record<string, readonly [is: Hurdle, text: string, sizes?: Partial<CompactedLayer>]>> = {
  "a loop": ["notFound", body("...[1, 2].map(() => tf.layers.dense({ units: 30, inputShape: [4] }))")],
  "a loop that is run once": [
    "repeated",
    `${IMPORT}export function net() { const m = tf.sequential(); for (let i = 0; i < 1; i++) m.add(tf.layers.dense({ units: 30, inputShape: [4] })); return m; }`,
  ],
  "a branch": [
    "repeated",
    `${IMPORT}export function net() { const m = tf.sequential(); m.add(tf.layers.inputLayer({ inputShape: [4] })); if (m) m.add(tf.layers.dense({ name: "a", units: 30 })); return m; }`,
  ],
  "a choice": ["notWritten", body("tf.layers.dense({ units: Math.random() < 2 ? 30 : 300, inputShape: [4] })")],
  "a size that is computed": ["notWritten", body("tf.layers.dense({ units: 3 * 10, inputShape: [4] })")],
  "a size that is given": [
    "notWritten",
    `${IMPORT}export function net(units = 30) { return tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [4] })] }); }`,
  ],
  "a list of sizes": [
    "notWritten",
    `${IMPORT}const SIZES = [30];\n${body("tf.layers.dense({ units: SIZES[0], inputShape: [4] })").replace(IMPORT, "")}`,
  ],
  "spread options": [
    "notWritten",
    `${IMPORT}const COMMON = { units: 30 };\n${body('tf.layers.dense({ name: "a", ...COMMON, inputShape: [4] })').replace(IMPORT, "")}`,
  ],
  "options elsewhere": [
    "notFound",
    `${IMPORT}const COMMON = { units: 30, name: "a", inputShape: [4] };\n${body("tf.layers.dense(COMMON)").replace(IMPORT, "")}`,
  ],
  "a constant that is used for a shape too": [
    "sharedConstant",
    `${IMPORT}const N = 30;\n${body("tf.layers.dense({ units: N, inputShape: [N] })").replace(IMPORT, "")}`,
  ],
  "a constant that others can have": [
    "notWritten",
    `${IMPORT}export const N = 30;\n${body("tf.layers.dense({ units: N, inputShape: [4] })").replace(IMPORT, "")}`,
  ],
  "a constant under another name": [
    "sharedConstant",
    `${IMPORT}const N = 30;\nexport { N as SIZE };\n${body("tf.layers.dense({ units: N, inputShape: [4] })").replace(IMPORT, "")}`,
  ],
  "a variable": [
    "notWritten",
    `${IMPORT}let N = 30;\n${body("tf.layers.dense({ units: N, inputShape: [4] })").replace(IMPORT, "")}`,
  ],
  "a function that is called twice": [
    "notFound",
    `${IMPORT}const make = () => tf.layers.dense({ units: 30, inputShape: [4] });\n${body("make(), make()").replace(IMPORT, "")}`,
  ],
  "a function that is handed on": [
    "repeated",
    `${IMPORT}const make = () => tf.layers.dense({ name: "a", units: 30, inputShape: [4] });\n${body("make(), ...[].map(make)").replace(IMPORT, "")}`,
  ],
  "a layer of two definitions": [
    "shared",
    `${IMPORT}const make = () => tf.layers.dense({ name: "a", units: 30, inputShape: [4] });\n${body("make()").replace(IMPORT, "")}
export const second = () => tf.sequential({ layers: [make(), tf.layers.dense({ units: 2 })] });`,
  ],
  "a model in a model": [
    "severalModels",
    body(
      "tf.layers.dense({ units: 30, inputShape: [4] }), tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [30] })] })",
    ),
  ],
  "weights that are given": [
    "givenWeights",
    body("tf.layers.dense({ units: 30, inputShape: [4], weights: [tf.zeros([4, 30]), tf.zeros([30])] })"),
  ],
  "weights that are set": [
    "givenWeights",
    `${IMPORT}export function net() { const m = tf.sequential({ layers: [tf.layers.dense({ units: 30, inputShape: [4] })] }); m.setWeights(m.getWeights()); return m; }`,
  ],
  "a shape that is written": [
    "writtenShape",
    body("tf.layers.dense({ units: 30, inputShape: [4] }), tf.layers.reshape({ targetShape: [30, 1] })"),
  ],
  "heads whose width follows": [
    "headWidth",
    `${IMPORT}import { multiHeadAttention } from "whittle/layers";\n${body("tf.layers.conv1d({ filters: 30, kernelSize: 1, inputShape: [6, 4] }), multiHeadAttention({ heads: 2 })").replace(IMPORT, "")}`,
  ],
  "a layer that is made and not used": [
    "notFound",
    `${IMPORT}export function net() { tf.layers.dense({ units: 30 }); return tf.sequential({ layers: [tf.layers.dense({ units: 30, inputShape: [4] })] }); }`,
  ],
  "a bias that is missing": [
    "gainsBias",
    body("tf.layers.dense({ units: 30, inputShape: [4], useBias: false })"),
    { after: 30, gainsBias: true },
  ],
};

describe("sizes of a smaller network in the text", () => {
  const folder = mkdtempSync(join(tmpdir(), "whittle-resize-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => tf.disposeVariables());

  let count = 0;
  const build = async (text: string, name: string, exportName: string): Promise<tf.LayersModel> => {
    count += 1;
    const file = join(folder, `${count}${extname(name)}`);
    writeFileSync(file, text);
    return (await loadDefinition(tf, file, exportName)).build();
  };
  const resize = (text: string, file: string, sizes: readonly CompactedLayer[]): Resizing => {
    const [first, ...others] = collectTrainables(scanDefinitions(text, file));
    assert.ok(first);
    return resizeLayers(text, file, first, others, sizes);
  };
  const exportOf = (text: string, file: string): string =>
    collectTrainables(scanDefinitions(text, file))[0]?.exportName ?? "";

  for (const [what, { file = "net.ts", of, before, after }] of Object.entries(WRITTEN)) {
    it(`are put into ${what}`, async () => {
      const text = of(...before);
      const model = await build(text, file, exportOf(text, file));
      const sizes = sizesOf(model, new Map(before.map((size, index) => [size, after[index] ?? size])));
      const edited = apply(text, resize(text, file, sizes));
      assert.equal(edited, of(...after));
      const smaller = await build(edited, file, exportOf(edited, file));
      assert.deepEqual(
        sizesOf(smaller, new Map()).map(({ before: size }) => size),
        sizes.map((each) => each.after),
      );
      assert.ok(smaller.countParams() < model.countParams());
      // Where nothing is to be smaller, nothing is touched.
      assert.deepEqual(resize(text, file, sizesOf(model, new Map())), { resizes: [] });
    });
  }

  for (const [what, [is, text, change = {}]] of Object.entries(UNSAFE)) {
    it(`are left as they are by ${what}`, async () => {
      const sizes = sizesOf(await build(text, "net.ts", "net"), new Map([[30, 7]]));
      const changed = sizes.map((each) => (each.before === 30 ? { ...each, ...change } : each));
      const found = resize(text, "net.ts", changed);
      assert.ok("obstacle" in found, JSON.stringify(found));
      assert.equal(found.obstacle.is, is);
      assert.ok(found.obstacle.at >= 0 && found.obstacle.at < text.length);
    });
  }

  it("are left as they are where a part comes from another file, the text is broken, or says something else", () => {
    const sized = { name: "a", className: "Dense", of: "units", before: 30, after: 7 } as const;
    const hurdleOf = (text: string, sizes: readonly CompactedLayer[] = [sized]): string => {
      const found = resize(text, "net.ts", sizes);
      return "obstacle" in found ? found.obstacle.is : "none";
    };
    const plain = body('tf.layers.dense({ name: "a", units: 30, inputShape: [4] })');
    assert.equal(hurdleOf(plain), "none");
    assert.equal(hurdleOf(`import { wide } from "./wide";\n${plain.replace("[tf", "[wide(), tf")}`), "otherFile");
    const handed = plain.replace("[tf", "...[1].map(wide), tf").replace("...", "[...");
    assert.equal(hurdleOf(`import { wide } from "./wide";\n${handed}`), "otherFile");
    assert.equal(hurdleOf(`import { SIZE } from "./sizes";\n${plain.replace("[4]", "[SIZE]")}`), "none");
    assert.equal(hurdleOf(`${plain}export const broken = (;\n`), "unreadable");
    assert.equal(hurdleOf(plain.replace("30", "300")), "otherValue");
    assert.equal(hurdleOf(plain.replace("dense", "conv1d")), "notFound");
    assert.equal(hurdleOf(plain, [{ ...sized, name: "b" }]), "notFound");
    const embedding = body('tf.layers.depthwiseConv2d({ name: "a", depthMultiplier: 30, inputShape: [4, 4, 1] })');
    assert.equal(hurdleOf(embedding, [{ ...sized, className: "DepthwiseConv2d" }]), "kind");
  });

  it("are looked for in half of a text without a failure", () => {
    const sized = { name: "dense_Dense1", className: "Dense", of: "units", before: 30, after: 7 } as const;
    for (const { file = "net.ts", of, before } of Object.values(WRITTEN)) {
      const text = of(...before);
      for (let end = 0; end < text.length; end += 5) {
        const part = text.slice(0, end);
        for (const definition of collectTrainables(scanDefinitions(part, file))) {
          const found = resizeLayers(part, file, definition, [], [sized]);
          assert.ok("obstacle" in found || found.resizes.every((each) => part.slice(each.start, each.end) === "30"));
        }
      }
    }
  });

  for (const [example, exportName, smaller] of [
    ["mlp", "mlp", { 100: 37 }],
    ["lenet300", "lenet300", { 300: 137, 100: 41 }],
    ["lenet5", "lenet5", { 20: 7, 50: 21, 500: 64 }],
    ["friedman", "friedman", { 64: 9, 32: 6 }],
    ["prices", "prices", { 64: 12, 32: 5 }],
  ] as const) {
    it(`are put into the example ${example}`, async () => {
      const file = fileURLToPath(new URL(`../../../../examples/${example}.model.ts`, import.meta.url));
      const text = readFileSync(file, "utf8");
      const after = new Map(Object.entries(smaller).map(([from, to]) => [Number(from), to]));
      const sizes = sizesOf(await build(text, file, exportName), after);
      const edited = apply(text, resize(text, file, sizes));
      const small = await build(edited, file, exportName);
      assert.deepEqual(
        sizesOf(small, new Map()).map((each) => each.before),
        sizes.map((each) => each.after),
      );
      assert.equal(edited.split("\n").length, text.split("\n").length);
    });
  }

  for (const [example, is] of [
    ["resnet32", "notFound"],
    ["vit", "writtenShape"],
    ["vae", "writtenShape"],
  ] as const) {
    it(`are not put into the example ${example}, whose functions make several layers`, () => {
      const file = fileURLToPath(new URL(`../../../../examples/${example}.model.ts`, import.meta.url));
      const sized = { name: "stage1_block1_a", className: "Conv2D", of: "filters", before: 16, after: 3 } as const;
      const found = resize(readFileSync(file, "utf8"), file, [sized]);
      assert.equal("obstacle" in found ? found.obstacle.is : "none", is);
    });
  }
});

function sizesOf(model: tf.LayersModel, smaller: ReadonlyMap<number, number>): CompactedLayer[] {
  const names = nameLayers(model);
  return model.layers.flatMap((layer): CompactedLayer[] => {
    const className = layer.getClassName();
    const [weight] = layer.weights;
    const path = SIZE_OF[className];
    if (path === undefined || weight === undefined) return [];
    const before = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], layer.getConfig());
    assert.ok(typeof before === "number", `${className} ${path}`);
    const after = smaller.get(before) ?? before;
    return [{ name: names.get(layer.name) ?? layer.name, className, of: "units", before, after }];
  });
}

function apply(text: string, found: Resizing): string {
  assert.ok("resizes" in found, JSON.stringify(found));
  return found.resizes.reduceRight(
    (edited, { start, end, after }) => edited.slice(0, start) + String(after) + edited.slice(end),
    text,
  );
}
