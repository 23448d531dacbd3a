import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { compactModel } from "../../../src/compact/compactModel.ts";
import { findUnitGroups } from "../../../src/compact/unitGroups.ts";
import { createDraw, imageModel } from "./randomModels.ts";

describe("groups of weights that make a unit", () => {
  before(() => tf.setBackend("cpu"));

  it("hold a filter with its bias and its normalization, and a stream with all that is added to it", () => {
    const input = tf.input({ shape: [4, 4, 1] });
    const conv = (name: string, filters: number, x: unknown) =>
      tf.layers.conv2d({ name, filters, kernelSize: 3, padding: "same" }).apply(x as tf.SymbolicTensor);
    const stream = tf.layers.batchNormalization({ name: "norm" }).apply(conv("stem", 2, input));
    const inner = conv("inner", 3, stream);
    const sum = tf.layers.add().apply([stream as tf.SymbolicTensor, conv("back", 2, inner) as tf.SymbolicTensor]);
    const pooled = tf.layers.globalAveragePooling2d({}).apply(sum);
    const output = tf.layers.dense({ name: "out", units: 2 }).apply(pooled) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: output });
    const groups = new Map([...findUnitGroups(tf, model)].map(([{ originalName }, of]) => [originalName, of]));
    const unitsOf = (name: string) => [...(groups.get(name) ?? [])].slice(-3);
    const [first, second] = unitsOf("norm/gamma");
    assert.deepEqual(unitsOf("norm/beta"), [first, second]);
    assert.deepEqual(unitsOf("stem/bias"), [first, second]);
    assert.deepEqual(unitsOf("back/bias"), [first, second]);
    assert.deepEqual([...(groups.get("stem/kernel") ?? [])], Array.from({ length: 9 }, () => [first, second]).flat());
    assert.equal(new Set([first, second, ...unitsOf("inner/bias")]).size, 5);
    assert.deepEqual(unitsOf("out/bias"), [-1, -1]);
    assert.equal(groups.has("norm/moving_mean"), false);
  });

  it("are what can be left out: without the weights of a group, its unit goes from made-up networks", () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const model = imageModel(createDraw(seed));
      const groups = findUnitGroups(tf, model);
      const numbers = [...new Set([...groups.values()].flatMap((of) => [...of]))].filter((number) => number >= 0);
      const gone = numbers[seed % numbers.length];
      for (const [variable, of] of groups) {
        const values = variable
          .read()
          .dataSync()
          .map((value, at) => (of[at] === gone ? 0 : value));
        tf.tidy(() => {
          variable.write(tf.tensor(values, variable.shape as number[]));
        });
      }
      const { layers, kept } = compactModel(tf, model);
      assert.equal(kept, undefined);
      assert.ok(
        layers.some(({ before, after }) => after < before) || numbers.length < 2 || !keepsZero(model),
        `seed ${seed}`,
      );
    }
  });
});

/** Whether all layers give 0 for 0. */
function keepsZero(model: tf.LayersModel): boolean {
  return model.layers.every((layer) => {
    const { activation } = layer.getConfig();
    return activation === undefined || ["linear", "relu", "tanh", "elu"].includes(String(activation));
  });
}
