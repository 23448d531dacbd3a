import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { withoutGeluNew } from "../../../src/export/geluNew.ts";

describe("a description without gelu_new", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
  });

  /** `gelu_new` is among those that TensorFlow.js has, and not among its types. */
  const activation = "gelu_new" as "relu";

  async function reopened(model: Tf.LayersModel): Promise<Tf.LayersModel> {
    const topology = await new Promise<unknown>((resolve, reject) => {
      const handler = tf.io.withSaveHandler(async (artifacts) => {
        resolve(artifacts.modelTopology);
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      });
      model.save(handler).catch(reject);
    });
    // As out of a file.
    const modelTopology = JSON.parse(JSON.stringify(withoutGeluNew(topology)));
    const opened = await tf.models.modelFromJSON({ modelTopology });
    opened.setWeights(model.getWeights());
    return opened;
  }

  it("gives what it gave: of layers called twice, of the model's last one, and in models inside", async () => {
    const input = tf.input({ shape: [4, 3] });
    const twice = tf.layers.dense({ units: 3, activation, name: "twice" });
    const branch = tf.layers.dense({ units: 3, activation: "tanh", name: "branch" });
    const once = twice.apply(input) as Tf.SymbolicTensor;
    const sum = tf.layers.add().apply([twice.apply(once), branch.apply(once)] as Tf.SymbolicTensor[]);
    const inner = tf.model({ inputs: input, outputs: sum as Tf.SymbolicTensor });
    const outside = tf.input({ shape: [4, 3] });
    const last = tf.layers.conv1d({ filters: 2, kernelSize: 2, activation, name: "last" });
    const model = tf.model({ inputs: outside, outputs: last.apply(inner.apply(outside)) as Tf.SymbolicTensor });
    const x = tf.randomNormal([50, 4, 3], 0, 2, "float32", 7);
    const [expected, got] = [model, await reopened(model)].map((each) => (each.predict(x) as Tf.Tensor).dataSync());
    const largest = Math.max(...(expected ?? []).map(Math.abs));
    assert.ok(largest > 0, "an output that is not only zeros");
    for (const [at, value] of (expected ?? []).entries()) {
      assert.ok(Math.abs(value - (got?.[at] ?? Number.NaN)) <= 1e-6 * largest, `${value} and ${got?.[at]}`);
    }
  });

  it("is as it was where there is none, and where there is no place for a branch", () => {
    for (const name of ["relu", "gelu_new"]) {
      const chain = {
        class_name: "Sequential",
        config: { layers: [{ class_name: "Dense", config: { activation: name } }] },
      };
      assert.equal(withoutGeluNew(chain), chain);
    }
  });
});
