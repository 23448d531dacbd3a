import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { compactModel } from "../../../src/compact/compactModel.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";
import {
  convolutionChain,
  createDraw,
  type Draw,
  denseChain,
  imageModel,
  punch,
  sequenceModel,
} from "./randomModels.ts";

type Make = (draw: Draw) => tf.LayersModel;

/** Largest difference over the largest output, on examples that the code has not seen. */
function differenceOf(one: tf.LayersModel, other: tf.LayersModel, seed: number): number {
  return tf.tidy(() => {
    const [input] = one.inputs;
    const shape = [6, ...(input?.shape.slice(1).map((length) => length ?? 5) ?? [])];
    const x =
      input?.dtype === "int32"
        ? tf.randomUniform(shape, 0, 6, "int32", seed)
        : tf.randomNormal(shape, 0, 1.5, "float32", seed);
    const [expected, got] = [one, other].map((model) => model.predictOnBatch(x) as tf.Tensor);
    const largest = tf.max(tf.abs(expected as tf.Tensor)).dataSync()[0] ?? 0;
    const difference = tf.max(tf.abs(tf.sub(expected as tf.Tensor, got as tf.Tensor))).dataSync()[0] ?? Number.NaN;
    return difference / Math.max(largest, Number.MIN_VALUE);
  });
}

function dispose(...models: readonly tf.LayersModel[]): void {
  for (const weight of new Set(models.flatMap((model) => model.weights))) weight.read().dispose();
}

describe("the smaller network", () => {
  before(() => tf.setBackend("cpu"));

  const families: readonly [string, Make, number][] = [
    ["convolutions with branches, shared layers and models inside", imageModel, 160],
    ["sequences with recurrent layers and attention", sequenceModel, 120],
    ["chains of dense layers", denseChain, 60],
    ["chains of convolutions", convolutionChain, 40],
  ];
  for (const [name, make, count] of families) {
    it(`gives what the network with holes gives: ${count} made-up ${name}`, () => {
      let smaller = 0;
      let narrower = 0;
      for (let seed = 0; seed < count; seed += 1) {
        const draw = createDraw(seed);
        const model = make(draw);
        punch(draw, model);
        const before = model.countParams();
        const compact = compactModel(tf, model);
        assert.equal(compact.kept, undefined, `seed ${seed}: ${compact.kept}`);
        const difference = differenceOf(model, compact.model, seed);
        assert.ok(difference <= 1e-5, `seed ${seed}: ${difference}`);
        assert.ok(compact.model.countParams() <= before + compact.layers.reduce((sum, { after }) => sum + after, 0));
        if (compact.model.countParams() < before) smaller += 1;
        if (compact.layers.some(({ headWidth }) => headWidth && headWidth.after < headWidth.before)) narrower += 1;
        dispose(model, compact.model);
      }
      assert.ok(smaller > 0.8 * count, `only ${smaller} of ${count} became smaller`);
      if (make === sequenceModel) assert.ok(narrower > 0.1 * count, `only ${narrower} of ${count} have narrower heads`);
    });
  }

  for (const [name, make] of [families[2], families[3]].map((family) => family as (typeof families)[number])) {
    it(`has no unit left that could go: ${name}, each unit disturbed`, () => {
      for (let seed = 100; seed < 160; seed += 1) {
        const draw = createDraw(seed);
        const model = make(draw);
        punch(draw, model);
        const { model: compact } = compactModel(tf, model);
        const withUnits = compact.layers
          .filter((layer) => ["Dense", "Conv2D"].includes(layer.getClassName()))
          .slice(0, -1);
        for (const layer of withUnits) {
          const kernel = layer.weights.find(({ originalName }) => originalName.endsWith("/kernel"));
          const values = Float32Array.from(kernel?.read().dataSync() ?? []);
          const units = kernel?.shape.at(-1) ?? 0;
          for (let unit = 0; unit < units && units > 1; unit += 1) {
            const incoming = values.filter((_, index) => index % units === unit);
            assert.ok(
              incoming.some((value) => value !== 0),
              `seed ${seed}: ${layer.name} has a constant unit ${unit}`,
            );
            const isSeen = [1, 2, 3].some((attempt) => {
              const before = tf.tidy(() => differenceBy(compact, () => undefined, attempt));
              const disturbed = values.map((value, index) =>
                index % units === unit ? draw.below(100) / 5 - 10 : value,
              );
              const put = (to: Float32Array) =>
                tf.tidy(() => void kernel?.write(tf.tensor(to, kernel.shape as number[])));
              const after = differenceBy(compact, () => put(disturbed), attempt);
              put(values);
              return before !== after;
            });
            assert.ok(isSeen, `seed ${seed}: nothing sees unit ${unit} of ${layer.name}`);
          }
        }
        dispose(model, compact);
      }
    });
  }

  it("adds what constant units gave to the next bias, worked out by hand", () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ inputShape: [2], units: 3, activation: "relu", name: "hidden" }));
    model.add(tf.layers.dense({ units: 2, useBias: false, name: "out" }));
    model.setWeights([
      // The second unit sees nothing and gives 0.5; the third is seen by nothing.
      tf.tensor2d([
        [1, 0, 2],
        [3, 0, 4],
      ]),
      tf.tensor1d([0.25, 0.5, 9]),
      tf.tensor2d([
        [1, 2],
        [4, 6],
        [0, 0],
      ]),
    ]);
    const compact = compactModel(tf, model);
    assert.deepEqual(compact.layers, [
      { name: "hidden", className: "Dense", of: "units", before: 3, after: 1 },
      { name: "out", className: "Dense", of: "units", before: 2, after: 2, gainsBias: true },
    ]);
    assert.deepEqual(
      compact.model.getWeights().map((weight) => [...weight.dataSync()]),
      [[1, 3], [0.25], [1, 2], [2, 3]],
    );
  });

  it("keeps a channel whose constant meets the zeros at the border, and drops one that gives 0", () => {
    const build = (bias: number) => {
      const model = tf.sequential();
      model.add(tf.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3, padding: "same", name: "first" }));
      model.add(tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: "same", name: "second" }));
      const [kernel, , ...others] = model.getWeights();
      const holed = tf.mul(kernel as tf.Tensor, tf.tensor1d([1, 0]));
      model.setWeights([holed, tf.tensor1d([0.1, bias]), ...others]);
      return compactModel(tf, model).layers.map(({ after }) => after);
    };
    assert.deepEqual(build(0.5), [2, 1]);
    assert.deepEqual(build(0), [1, 1]);
  });

  it("takes a channel out of a residual stream only where no branch gives or takes it", () => {
    const build = (isSecondHoled: boolean) => {
      const input = tf.input({ shape: [3] });
      const stream = tf.layers.dense({ units: 4, name: "stream" }).apply(input) as tf.SymbolicTensor;
      const branch = tf.layers.dense({ units: 4, name: "branch" }).apply(stream) as tf.SymbolicTensor;
      const sum = tf.layers.add().apply([stream, branch]) as tf.SymbolicTensor;
      const output = tf.layers.dense({ units: 1, name: "out" }).apply(sum) as tf.SymbolicTensor;
      const model = tf.model({ inputs: input, outputs: output });
      const hole = (name: string, column: number) => {
        const layer = model.getLayer(name);
        const [kernel, bias] = layer.getWeights();
        const keep = tf.tensor1d([0, 1, 2, 3].map((at) => (at === column ? 0 : 1)));
        layer.setWeights([tf.mul(kernel as tf.Tensor, keep), tf.mul(bias as tf.Tensor, keep)]);
      };
      hole("stream", 2);
      if (isSecondHoled) hole("branch", 2);
      return compactModel(tf, model).layers.map(({ after }) => after);
    };
    assert.deepEqual(build(false), [4, 4, 1]);
    assert.deepEqual(build(true), [3, 3, 1]);
  });

  it("takes a word for what is 0 for ever where it is given, in place of what is 0 now", () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ inputShape: [2], units: 3, kernelInitializer: "zeros", name: "hidden" }));
    model.add(tf.layers.dense({ units: 1, name: "out" }));
    const afterOf = (live?: (length: number) => Uint8Array) =>
      compactModel(
        tf,
        model,
        live && { liveOf: ({ shape }) => live(shape.reduce<number>((all, one) => all * (one ?? 1), 1)) },
      ).layers.map(({ after }) => after);
    assert.deepEqual(afterOf(), [1, 1]);
    assert.deepEqual(
      afterOf((length) => new Uint8Array(length).fill(1)),
      [3, 1],
    );
  });

  it("has heads as wide as before, where their width follows from the features", () => {
    const { multiHeadAttention } = createModelLayers(tf);
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 12, inputShape: [5, 3] }),
        multiHeadAttention({ heads: 4, name: "look" }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const value = model.weights.find(({ originalName }) => originalName === "look/value");
    // The values of the last head are 0.
    const kept = tf.tidy(() => tf.tile(tf.tensor1d([...Array(9).fill(1), 0, 0, 0]), [12]).reshape([12, 12]));
    value?.write(tf.mul(value.read(), kept));
    const compact = compactModel(tf, model);
    assert.equal(compact.kept, undefined);
    const look = compact.layers.find(({ name }) => name === "look");
    assert.deepEqual([look?.before, look?.after], [4, 3]);
    const weight = compact.model.weights.find(({ originalName }) => originalName === "look/value");
    assert.deepEqual(weight?.shape, [12, 9]);
    assert.ok(differenceOf(model, compact.model, 1) <= 1e-5);
    kept.dispose();
    dispose(model, compact.model);
  });

  describe("heads that need fewer columns", () => {
    const WIDTH = 4;
    const INNER = 2 * WIDTH;
    /** @param dead by weight, of its 8 columns (rows of `output`) those that are 0 */
    const build = (dead: Readonly<Record<string, readonly number[]>>, useBias = true) => {
      const { multiHeadAttention } = createModelLayers(tf);
      const look = multiHeadAttention({ heads: 2, headWidth: WIDTH, useBias, name: "look" });
      const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [5, 3] }), look] });
      for (const weight of model.weights) {
        const name = weight.originalName.slice("look/".length);
        const last = weight.shape.at(-1) ?? 1;
        const isDead = (at: number) => dead[name]?.includes(name === "output" ? Math.floor(at / last) : at % last);
        const drawn = tf.randomNormal(weight.shape as number[], 0, 1, "float32", name.length);
        const values = drawn.dataSync().map((value, at) => (isDead(at) ? 0 : value));
        weight.write(tf.tensor(values, weight.shape as number[]));
      }
      const compact = compactModel(tf, model);
      assert.equal(compact.kept, undefined);
      assert.ok(differenceOf(model, compact.model, 1) <= 1e-5);
      const shapeOf = (name: string) =>
        compact.model.weights.find(({ originalName }) => originalName === `look/${name}`)?.shape;
      const [layer] = compact.layers;
      assert.deepEqual(shapeOf("query"), [3, (layer?.after ?? 0) * (layer?.headWidth?.after ?? 0)]);
      assert.deepEqual(shapeOf("output"), [(layer?.after ?? 0) * (layer?.headWidth?.after ?? 0), 3]);
      dispose(model, compact.model);
      return { heads: layer?.after, width: layer?.headWidth?.after };
    };
    const ALL = Array.from({ length: INNER }, (_, at) => at);

    it("become as narrow as the one that needs most, each without columns of its own", () => {
      // What a key of the bias alone adds is the same for all that is seen; a constant value goes into the output's bias.
      assert.deepEqual(build({ key: [0, 6], value: [1], output: [7] }), { heads: 2, width: 3 });
      assert.deepEqual(build({ key: [0, 1, 2, 6], value: [1], output: [7] }), { heads: 2, width: 3 });
      assert.deepEqual(build({ key: [0, 1, 2, 4, 5, 6], value: [0, 1, 5], output: [2, 4, 7] }), { heads: 2, width: 1 });
    });

    it("keep a column whose query is the same for all that asks, unless it is 0", () => {
      const rest = { value: [0, 4] };
      assert.deepEqual(build({ query: [0, 4], ...rest }), { heads: 2, width: 4 });
      assert.deepEqual(build({ query: [0, 4], query_bias: [0, 4], ...rest }), { heads: 2, width: 3 });
      assert.deepEqual(build({ query: [0, 4], ...rest }, false), { heads: 2, width: 3 });
    });

    it("see all alike where no column of their scores does anything", () => {
      assert.deepEqual(build({ key: ALL, value: [0, 1, 2, 4, 5, 6] }), { heads: 2, width: 1 });
    });

    it("go with the last of their columns, but for one head", () => {
      assert.deepEqual(build({ value: [0, 1, 2, 3], key: [4] }), { heads: 1, width: 4 });
      assert.deepEqual(build({ value: [0, 1, 2, 3, 5], key: [4] }), { heads: 1, width: 3 });
      assert.deepEqual(build({ value: ALL }), { heads: 1, width: 1 });
    });
  });

  it("leaves a layer of the user's own as it is, and says so where it cannot be made anew", () => {
    class Twice extends tf.layers.Layer {
      static className = "TwiceOfTest";
      constructor(private readonly needed?: { factor: number }) {
        super({});
      }
      override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul([x].flat()[0] as tf.Tensor, this.needed?.factor ?? Number.NaN);
      }
    }
    const model = tf.sequential();
    model.add(tf.layers.dense({ inputShape: [2], units: 3 }));
    model.add(new Twice({ factor: 2 }));
    model.add(tf.layers.dense({ units: 1 }));
    const compact = compactModel(tf, model);
    assert.equal(compact.model, model);
    assert.match(compact.kept ?? "", /gives something else/);
  });

  it("keeps filters that do nothing to fill blocks of so many, where that is asked for and there are as many", () => {
    const build = (filters: number, dead: number, filtersBy?: number) => {
      const model = tf.sequential();
      model.add(tf.layers.conv2d({ inputShape: [5, 5, 1], filters, kernelSize: 3, useBias: false }));
      model.add(tf.layers.globalAveragePooling2d({}));
      model.add(tf.layers.dense({ units: 2 }));
      const [kernel, ...others] = model.getWeights();
      const keep = Array.from({ length: filters }, (_, at) => (at < dead ? 0 : 1));
      model.setWeights([tf.mul(kernel as tf.Tensor, tf.tensor1d(keep)), ...others]);
      return compactModel(tf, model, { filtersBy }).layers[0]?.after;
    };
    assert.equal(build(16, 11), 5);
    assert.equal(build(16, 11, 4), 8);
    assert.equal(build(16, 11, 8), 8);
    assert.equal(build(16, 8, 8), 8);
    assert.equal(build(16, 7, 8), 16);
    assert.equal(build(12, 3, 8), 9);
  });

  it("calls inputs, layers and outputs what the user calls them", () => {
    const [one, other] = ["left", "right"].map((name) => tf.input({ shape: [2], name }));
    const inputs = [one as tf.SymbolicTensor, other as tf.SymbolicTensor];
    const joined = tf.layers.concatenate({ name: "joined" }).apply(inputs) as tf.SymbolicTensor;
    const outputs = tf.layers.dense({ units: 1, name: "answer" }).apply(joined) as tf.SymbolicTensor;
    const { model } = compactModel(tf, tf.model({ inputs, outputs, name: "own" }));
    assert.deepEqual([model.name, model.inputNames, model.outputNames], ["own", ["left", "right"], ["answer"]]);
    assert.deepEqual(model.layers.map(({ name }) => name).sort(), ["answer", "joined", "left", "right"]);
  });

  it("counts layers without a name within their model, whatever the process has built before", () => {
    const build = () => {
      const model = tf.sequential();
      model.add(tf.layers.dense({ inputShape: [2], units: 3 }));
      model.add(tf.layers.dense({ units: 1 }));
      return compactModel(tf, model).layers.map(({ name }) => name);
    };
    build();
    assert.deepEqual(build(), ["dense_Dense1", "dense_Dense2"]);
  });

  it("leaves no tensors behind", () => {
    const draw = createDraw(3);
    const model = imageModel(draw);
    punch(draw, model);
    const { numTensors } = tf.memory();
    const compact = compactModel(tf, model);
    dispose(compact.model);
    assert.equal(tf.memory().numTensors, numTensors);
    dispose(model);
  });
});

/** The sum of what the model gives for made-up examples after a change. */
function differenceBy(model: tf.LayersModel, change: () => void, seed: number): number {
  change();
  return tf.tidy(() => {
    const shape = [16, ...(model.inputs[0]?.shape.slice(1) ?? [])] as number[];
    const outputs = model.predictOnBatch(tf.randomNormal(shape, 0, 2, "float32", seed)) as tf.Tensor;
    return tf.sum(tf.mul(outputs, tf.range(1, outputs.size + 1).reshape(outputs.shape))).dataSync()[0] ?? 0;
  });
}
