import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { compactModel } from "../../../src/compact/compactModel.ts";
import { findUnitGroups } from "../../../src/compact/unitGroups.ts";
import { createRandom } from "../../../src/data/random.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";
import { nameWeights } from "../../../src/models/weightNames.ts";

import { createDraw, imageModel } from "./randomModels.ts";

type Applied = tf.SymbolicTensor;

/** By weight name. */
function groupsOf(model: tf.LayersModel): ReadonlyMap<string, readonly number[]> {
  const names = nameWeights(model);
  return new Map(
    [...findUnitGroups(tf, model).makes].map(([weight, groups]) => [names.get(weight) ?? "", [...groups]]),
  );
}

/** All weights drawn, biases too. */
function fill(model: tf.LayersModel): void {
  const random = createRandom("units");
  model.setWeights(
    model.weights.map(({ shape }) => {
      const sizes = shape.map((length) => length ?? 1);
      const size = sizes.reduce((all, length) => all * length, 1);
      return tf.tensor(
        Array.from({ length: size }, () => 0.1 + random.next()),
        sizes,
      );
    }),
  );
}

interface Row {
  readonly input: number[];
  readonly make: () => tf.layers.Layer;
  /** Of what the layer gives out, along its last axis. */
  readonly units: number;
}

const ROWS: Readonly<Record<string, Row>> = {
  dense: { input: [3], make: () => tf.layers.dense({ units: 4 }), units: 4 },
  conv1d: { input: [5, 2], make: () => tf.layers.conv1d({ filters: 3, kernelSize: 2 }), units: 3 },
  conv2d: { input: [5, 5, 2], make: () => tf.layers.conv2d({ filters: 3, kernelSize: 2 }), units: 3 },
  conv2dTranspose: { input: [3, 3, 2], make: () => tf.layers.conv2dTranspose({ filters: 3, kernelSize: 2 }), units: 3 },
  separableConv2d: { input: [4, 4, 2], make: () => tf.layers.separableConv2d({ filters: 3, kernelSize: 2 }), units: 3 },
  simpleRNN: { input: [4, 2], make: () => tf.layers.simpleRNN({ units: 3 }), units: 3 },
  gru: { input: [4, 2], make: () => tf.layers.gru({ units: 3 }), units: 3 },
  lstm: { input: [4, 2], make: () => tf.layers.lstm({ units: 3 }), units: 3 },
  bidirectional: {
    input: [4, 2],
    make: () => tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 3 }) as tf.RNN, mergeMode: "concat" }),
    units: 6,
  },
  timeDistributed: {
    input: [4, 2],
    make: () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3 }) }),
    units: 3,
  },
};

describe("units of a model", () => {
  before(() => tf.setBackend("cpu"));

  for (const [name, { input, make, units }] of Object.entries(ROWS)) {
    it(`of ${name}: without its weights, a unit gives out 0 and the others what they did`, () => {
      const inputs = tf.input({ shape: input });
      const given = make().apply(inputs) as Applied;
      const flat = given.shape.length > 2 ? (tf.layers.flatten().apply(given) as Applied) : given;
      const model = tf.model({ inputs, outputs: tf.layers.dense({ units: 2 }).apply(flat) as Applied });
      const inner = tf.model({ inputs, outputs: given });
      fill(model);
      const x = tf.randomUniform([2, ...input], 0.1, 1);
      const channels = () => {
        const y = (inner.predict(x) as tf.Tensor).reshape([-1, units]);
        return y.transpose().arraySync() as number[][];
      };
      const whole = channels();
      const groups = findUnitGroups(tf, model).makes;
      const numbers = [...new Set([...groups.values()].flatMap((of) => [...of]))];
      const start = model.getWeights().map((weight) => weight.clone());
      const dead = numbers.flatMap((number) => {
        model.setWeights(
          model.weights.map((weight, at) => {
            const keep = Array.from(groups.get(weight) ?? [], (group) => (group === number ? 0 : 1));
            const before = start[at] ?? tf.scalar(0);
            return keep.length === 0 ? before : tf.mul(before, tf.tensor(keep, before.shape));
          }),
        );
        const left = channels();
        const zero = left.flatMap((channel, unit) => (channel.every((value) => value === 0) ? [unit] : []));
        const isInside = name === "separableConv2d" && zero.length === 0;
        for (const [unit, channel] of left.entries()) {
          // Units of recurrent layers, and channels inside of a layer, are read by the others.
          const isFed = isInside || ["simpleRNN", "gru", "lstm", "bidirectional"].includes(name);
          if (!isFed && !zero.includes(unit)) assert.deepEqual(channel, whole[unit]);
        }
        return zero;
      });
      assert.deepEqual(
        dead.sort(),
        Array.from({ length: units }, (_, unit) => unit),
      );
    });
  }

  it("are numbered once for all tensors of a layer, and for each layer anew", () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ name: "a", inputShape: [2], units: 2 }),
        tf.layers.dense({ name: "b", units: 3, useBias: false }),
        tf.layers.batchNormalization({ name: "norm" }),
        tf.layers.dense({ name: "out", units: 2 }),
      ],
    });
    assert.deepEqual(
      [...groupsOf(model)],
      [
        ["a/kernel", [0, 1, 0, 1]],
        ["a/bias", [0, 1]],
        ["b/kernel", [2, 3, 4, 2, 3, 4]],
        ["norm/gamma", [2, 3, 4]],
        ["norm/beta", [2, 3, 4]],
      ],
    );
  });

  it("are heads in all tensors of an attention, and rows of a table", () => {
    const { multiHeadAttention } = createModelLayers(tf);
    const inputs = tf.input({ shape: [3] });
    const rows = tf.layers.embedding({ name: "table", inputDim: 3, outputDim: 4 }).apply(inputs) as Applied;
    const mixed = multiHeadAttention({ name: "heads", heads: 2, useBias: false }).apply(rows) as Applied;
    const flat = tf.layers.flatten().apply(mixed) as Applied;
    const model = tf.model({ inputs, outputs: tf.layers.dense({ units: 2 }).apply(flat) as Applied });
    const groups = groupsOf(model);
    assert.deepEqual(groups.get("table/embeddings"), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    const columns = [0, 1, 2, 3].flatMap(() => [3, 3, 4, 4]);
    for (const part of ["query", "key", "value"]) assert.deepEqual(groups.get(`heads/${part}`), columns, part);
    assert.deepEqual(groups.get("heads/output"), [3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4]);
  });

  it("are none where a layer gives out what the model does, whatever comes behind it, nor where it shares weights with one", () => {
    const inputs = tf.input({ shape: [2] });
    const hidden = tf.layers.dense({ name: "hidden", units: 3 }).apply(inputs) as Applied;
    const [one, other] = ["one", "other"].map((name) => tf.layers.dense({ name, units: 2 }).apply(hidden) as Applied);
    const sum = tf.layers.add().apply([one, other] as Applied[]) as Applied;
    const normal = tf.layers.batchNormalization().apply(sum) as Applied;
    const outputs = tf.layers.activation({ activation: "softmax" }).apply(normal) as Applied;
    assert.deepEqual([...groupsOf(tf.model({ inputs, outputs })).keys()], ["hidden/kernel", "hidden/bias"]);

    const { tokenEmbedding } = createModelLayers(tf);
    const ids = tf.input({ shape: [3] });
    const table = tokenEmbedding({ name: "tokens", vocabulary: 5, width: 4 });
    const mixed = tf.layers.dense({ name: "mix", units: 4 }).apply(table.apply(ids) as Applied) as Applied;
    const tied = tf.model({ inputs: ids, outputs: table.apply(mixed) as Applied });
    // As wide as the table's rows, of which ids say the number.
    assert.deepEqual([...groupsOf(tied).keys()], []);
  });

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
    const groups = new Map([...findUnitGroups(tf, model).makes].map(([{ originalName }, of]) => [originalName, of]));
    const unitsOf = (name: string) => [...(groups.get(name) ?? [])].slice(-3);
    const [first, second] = unitsOf("norm/gamma");
    assert.deepEqual(unitsOf("norm/beta"), [first, second]);
    assert.deepEqual(unitsOf("stem/bias"), [first, second]);
    assert.deepEqual(unitsOf("back/bias"), [first, second]);
    assert.deepEqual([...(groups.get("stem/kernel") ?? [])], Array.from({ length: 9 }, () => [first, second]).flat());
    assert.equal(new Set([first, second, ...unitsOf("inner/bias")]).size, 5);
    assert.equal(groups.has("out/bias"), false);
    assert.equal(groups.has("norm/moving_mean"), false);
  });

  it("are read by the weights that are multiplied with them", () => {
    const model = tf.sequential();
    model.add(tf.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3, name: "conv" }));
    model.add(tf.layers.flatten());
    model.add(tf.layers.dense({ units: 2, name: "hidden" }));
    model.add(tf.layers.dense({ units: 1, name: "out" }));
    const { makes, reads } = findUnitGroups(tf, model);
    const named = (numbers: typeof reads) =>
      new Map([...numbers].map(([{ originalName }, of]) => [originalName, [...of]] as const));
    const filters = named(makes).get("conv/bias") ?? [];
    const hidden = named(makes).get("hidden/bias") ?? [];
    assert.equal(new Set([...filters, ...hidden]).size, 4);
    // Four places of two channels each, by two units.
    const rows = [0, 1, 2, 3].flatMap(() => filters.flatMap((filter) => [filter, filter]));
    assert.deepEqual(
      [...named(reads)],
      [
        ["hidden/kernel", rows],
        ["out/kernel", hidden],
      ],
    );
  });

  it("are what can be left out: without the weights of a group, its unit goes from made-up networks", () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const model = imageModel(createDraw(seed));
      const groups = findUnitGroups(tf, model).makes;
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
