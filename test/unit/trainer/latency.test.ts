import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { measureLatency } from "../../../src/trainer/latency.ts";

describe("latency", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
  });

  const modelOf = (inputShape: (number | null)[]): Tf.LayersModel =>
    tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape })] });

  it("is the median of each model's own repetitions, after some to warm up", () => {
    const models = [modelOf([2]), modelOf([2])];
    // Of each model, what its n-th repetition takes: two of them are far off.
    const takes = [
      (round: number) => (round < 3 ? 1000 : round === 5 ? 900 : 10),
      (round: number) => (round === 4 ? 0 : 20 + round),
    ];
    let [time, measured] = [0, 0];
    let isOn = false;
    const end = (): number => {
      const take = takes[measured % 2]?.(Math.floor(measured / 2)) ?? 0;
      measured += 1;
      return take;
    };
    const batches = new Set<number>();
    for (const [index, model] of models.entries()) {
      const predict = model.predictOnBatch.bind(model);
      model.predictOnBatch = (x) => {
        batches.add([x].flat()[0]?.shape[0] ?? 0);
        assert.equal(index, measured % 2, "in turns");
        isOn = true;
        return predict(x);
      };
    }
    const now = (): number => {
      if (isOn) time += end();
      isOn = false;
      return time;
    };
    const { numTensors } = tf.memory();
    const [first, second] = measureLatency(tf, models, 4, now) ?? [];
    assert.equal(first, 10);
    assert.ok(second !== undefined && second > 20 && second < 80, String(second));
    assert.deepEqual([...batches], [4]);
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it("is not known where an example has no shape of its own", () => {
    const model = modelOf([null, 2]);
    assert.equal(measureLatency(tf, [model, model], 1), undefined);
  });
});
