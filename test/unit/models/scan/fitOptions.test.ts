import assert from "node:assert/strict";
import { scanDefinitions } from "../../../../src/models/scan/scan.ts";
import { collectTrainables } from "../../../../src/models/scan/trainables.ts";

const MODEL = 'import * as tf from "@tensorflow/tfjs";\nexport function net() { return tf.sequential(); }\n';
const fitOf = (text: string, of = "net") =>
  collectTrainables(scanDefinitions(MODEL + text, "a.ts")).find(({ exportNames }) => exportNames.includes(of))?.fit;

describe("fitOptions", () => {
  for (const [what, text, expected] of [
    [
      "numbers",
      "await net().fit(x, y, { batchSize: 64, epochs: 20, validationSplit: 0.1, shuffle: true });",
      { batchSize: 64, epochs: 20, validationSplit: 0.1 },
    ],
    ["a data set's", "async function go() { await m.fitDataset(ds, { epochs: 3 }); }", { epochs: 3 }],
    [
      "constants",
      "const EPOCHS = 7;\nconst go = () => { const size = 8; m.fit(x, y, { epochs: EPOCHS, batchSize: size }); };",
      { epochs: 7, batchSize: 8 },
    ],
    [
      "what several agree on",
      "m.fit(x, y, { epochs: 5, batchSize: 8 });\nm.fit(x, y, { epochs: 5, batchSize: 9 });",
      { epochs: 5 },
    ],
    [
      "no parameter of a constant's name",
      "const epochs = 7;\nfunction go(epochs) { m.fit(x, y, { epochs, batchSize: 2 }); }",
      { batchSize: 2 },
    ],
    [
      "what classes count",
      "const RARE = 5;\nm.fit(x, y, { classWeight: { 0: 1, 1: RARE } });\nm.fitDataset(ds, { classWeight: { 0: 1, 1: 5 } });",
      { classWeights: { 0: 1, 1: 5 } },
    ],
    [
      "no classes that count this here and that there",
      "m.fit(x, y, { epochs: 2, classWeight: { 0: 1 } });\nm.fit(x, y, { classWeight: { 0: 2 } });",
      { epochs: 2 },
    ],
    ["no classes of several outputs", "m.fit(x, y, { classWeight: [{ 0: 1 }, { 0: 2 }] });", undefined],
    ["nothing that only running tells", "m.fit(x, y, { epochs: Number(process.argv[2]), ...more });", undefined],
    ["nothing that is no such setting", "m.fit(x, y, { epochs: 2.5, batchSize: 0, validationSplit: 1 });", undefined],
    ["nothing of another method", "m.evaluate(x, y, { batchSize: 64 });", undefined],
    ["nothing where options are not written there", "m.fit(x, y, options);\nfit(x, y, { epochs: 1 });", undefined],
  ] as const) {
    it(`tells ${what}`, () => assert.deepEqual(fitOf(text), expected));
  }

  it("says nothing where an experiment says how the model is trained", () => {
    const text =
      'import { defineExperiment } from "whittle";\nexport default defineExperiment({ model: net });\nnet().fit(x, y, { epochs: 3 });';
    assert.equal(fitOf(text), undefined);
    assert.equal(fitOf(text, "default"), undefined);
  });

  it("tells of a model that another file makes what this one trains it with", () => {
    const texts: Readonly<Record<string, string>> = { "/w/net.ts": `${MODEL}net().fit(x, y, { epochs: 9 });` };
    const [model] = scanDefinitions(
      'import { net } from "./net";\nconst model = net();\nmodel.fit(x, y, { epochs: 4 });',
      "/w/train.ts",
      (file) => Object.entries(texts).find(([name]) => file.replaceAll("\\", "/").endsWith(name))?.[1],
    );
    assert.deepEqual([model?.name, model?.fit], ["model", { epochs: 4 }]);
  });
});
