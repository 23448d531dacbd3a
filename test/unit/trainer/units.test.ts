import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { type NewEvent, runEventSchema } from "../../../src/protocol/events.ts";
import { settingsSchema } from "../../../src/protocol/settings.ts";
import { runLoop } from "../../../src/trainer/loop.ts";
import { createNetwork } from "../../../src/trainer/network.ts";

/** A layer of which Whittle knows nothing. */
class Scale extends tf.layers.Layer {
  static readonly className: string = "Scale";

  override build(): void {
    this.addWeight("scale", [1, 6], "float32", tf.initializers.ones());
    super.build([]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat();
    const [scale] = this.weights;
    if (x === undefined || scale === undefined) throw new Error("not built");
    return tf.mul(x, scale.read());
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }
}

const split: Split = { count: 8, x: Float32Array.from({ length: 8 * 6 }, (_, i) => Math.sin(i)), y: new Int32Array(8) };
const data: DataSet = {
  ...{ spec: "waves", sha256: "", xShape: [3, 2], yShape: [], scale: 1, offset: 0, classes: 2 },
  ...{ train: split, validation: split, test: split },
};

describe("units in a run's events", () => {
  it("are those of each kind of layer; of unknown ones nothing is said", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.lstm({ name: "cells", inputShape: [3, 2], units: 6 }),
        new Scale({ name: "own" }),
        tf.layers.dense({ name: "out", units: 2 }),
      ],
    });
    const network = createNetwork(tf, {
      model,
      objective: createObjective(tf, model, "sparseCategoricalCrossentropy"),
      metric: { name: "accuracy", better: "higher", compute: (y) => tf.onesLike(y).toFloat() },
      inputShape: data.xShape,
      layers: ["**"],
    });
    const settings = settingsSchema.parse({ epochs: 1, pruning: { maxEpochs: 1, interval: 1, finetuneEpochs: 0 } });
    const events: NewEvent[] = [];
    await runLoop(
      { tf, network, data, settings, resumeFrom: undefined },
      { emit: (event) => events.push(event), save: () => undefined, now: () => 0, breathe: async () => "go on" },
    );
    const read = events.map((event, index) =>
      runEventSchema.parse(JSON.parse(JSON.stringify({ seq: index + 1, time: 0, ...event }))),
    );
    const layers = read.find((event) => event.type === "model")?.layers ?? [];
    assert.deepEqual(
      layers.map(({ name, units, unitsAlive }) => [name, units?.count, units?.of, unitsAlive]),
      [
        ["cells/kernel", 6, "units", 6],
        ["cells/recurrent_kernel", 6, "units", 6],
        ["own/scale", undefined, undefined, undefined],
        ["out/kernel", 2, "units", 2],
      ],
    );
    assert.deepEqual(read.find((event) => event.type === "epoch")?.unitsAlive, [6, 6, null, 2]);
  });
});
