import assert from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { variablesOf } from "../../../src/trainer/finalModel.ts";
import { readInitialModel } from "../../../src/trainer/initialModel.ts";
import { matchWeights } from "../../../src/trainer/matchWeights.ts";
import { assertComputes, FOLDER, readCases } from "../models/kerasFile/storedKeras.ts";

describe("a model to begin with", () => {
  const [dense] = readCases("models.json").filter(({ name }) => name === "dense");
  const run = { id: "none", dir: join(FOLDER, "none") };
  const read = (spec: string) => readInitialModel(tf, spec, run, join(FOLDER, "own.model.ts"));
  const build = (...names: readonly string[]): tf.LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.dense({ name: names[0] ?? "", units: 8, activation: "relu", inputShape: [6] }),
        tf.layers.dense({ name: names[1] ?? "", units: 3, activation: "softmax" }),
      ],
    });

  for (const file of ["dense.keras", "dense.h5"]) {
    it(`is ${file}, whose weights a model of one's own takes by their names, and computes what Keras does`, async () => {
      const model = build("dense", "dense_1");
      const { from, tensors, others } = await read(file);
      assert.deepEqual([from, others], [join(FOLDER, file), []]);
      const weights = variablesOf(model);
      const { values, unused } = matchWeights(from, tensors, weights);
      assert.deepEqual(unused, []);
      for (const [name, variable] of weights) variable.assign(tf.tensor(values.get(name) ?? [], variable.shape));
      assertComputes(model, dense ?? assert.fail());
    });
  }

  it("fits by names alone: an error lists both sides", async () => {
    const { from, tensors } = await read("dense.keras");
    assert.throws(
      () => matchWeights(from, tensors, variablesOf(build("first", "last"))),
      (error) =>
        error instanceof WhittleError &&
        /first\/kernel \[6, 8\] is missing/.test(error.message) &&
        /dense\/kernel \[6, 8\]/.test(error.remedy),
    );
  });

  it("is named where it is not there, or holds no model", async () => {
    await assert.rejects(read("nowhere.keras"), /nowhere\.keras cannot be read: it is not there/);
    await assert.rejects(read("models.json"), /models\.json/);
  });
});
