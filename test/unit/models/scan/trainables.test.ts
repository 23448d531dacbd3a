import assert from "node:assert/strict";
import { scanDefinitions } from "../../../../src/models/scan/scan.ts";
import { collectTrainables } from "../../../../src/models/scan/trainables.ts";

const TF = 'import * as tf from "@tensorflow/tfjs";\nimport { defineExperiment } from "whittle";\n';
const of = (text: string, file = "a.ts") =>
  collectTrainables(scanDefinitions(text, file)).map(({ name, exportNames, start }) => [
    name,
    exportNames.join(" "),
    text.slice(start).split(/\W/, 3).join(" ").trim(),
  ]);

describe("trainables", () => {
  it("a function and the experiment made of it are one, above the function", () => {
    assert.deepEqual(
      of(`${TF}export function net() { return tf.sequential(); }\nexport default defineExperiment({ model: net });`),
      [["net", "default net", "export function net"]],
    );
  });

  it("a function without an experiment, and an experiment with a model of its own, stand for themselves", () => {
    assert.deepEqual(
      of(
        `${TF}export function net() { return tf.sequential(); }\nexport const e = defineExperiment({ model: () => tf.sequential() });`,
      ),
      [
        ["net", "net", "export function net"],
        ["e", "e", "export const e"],
      ],
    );
  });

  it("an experiment made of a function that is not exported stands at the function", () => {
    assert.deepEqual(
      of(`${TF}function net() { return tf.sequential(); }\nexport default defineExperiment({ model: net });`),
      [["net", "default net", "function net"]],
    );
  });

  it("several experiments of one function are told apart", () => {
    assert.deepEqual(
      of(
        `${TF}export function net() { return tf.sequential(); }\nexport const a = defineExperiment({ model: net });\nexport const b = defineExperiment({ model: net });`,
      ),
      [
        ["a", "a", "export const a"],
        ["b", "b", "export const b"],
      ],
    );
  });

  it("a function that is exported under two names is one", () => {
    assert.deepEqual(
      of(`${TF}export function net() { return tf.sequential(); }\nexport default net;`).map(([name, names]) => [
        name,
        names,
      ]),
      [["net", "net default"]],
    );
  });
});
