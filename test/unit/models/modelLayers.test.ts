import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { findWeightRoles } from "../../../src/layers/weightRoles.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";
import { scanDefinitions } from "../../../src/models/scan/scan.ts";

interface Values {
  readonly shape: number[];
  readonly values: number[];
}

type X = tf.SymbolicTensor;

interface Case {
  readonly settings: object;
  readonly inputs: readonly Values[];
  /** A last input, which has no gradient. */
  readonly ids?: Values;
  readonly weights: Readonly<Record<string, Values>>;
  readonly c: Values;
  readonly y: Values;
  /** Of the inputs, then of the weights. */
  readonly gradients: readonly Values[];
}

/** Made by test/reference/make_model_layers.py with PyTorch in float64. */
const reference = JSON.parse(
  readFileSync(new URL("../../reference/model_layers.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly Case[]>>;

const asTensor = ({ shape, values }: Values) => tf.tensor(values, shape);

function near(actual: tf.Tensor, { shape, values }: Values, what: string): void {
  assert.deepEqual(actual.shape, shape, what);
  const largest = Math.max(1, ...values.map(Math.abs));
  for (const [at, value] of actual.dataSync().entries()) {
    const wanted = values[at] ?? Number.NaN;
    assert.ok(Math.abs(value - wanted) <= 1e-5 * largest, `${what}[${at}]: ${value}, not ${wanted}`);
  }
}

describe("layers of whittle/layers", () => {
  const layers = createModelLayers(tf);
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  for (const [name, cases] of Object.entries(reference)) {
    for (const [index, one] of cases.entries()) {
      it(`${name} gives PyTorch's values and gradients, ${JSON.stringify(one.settings)} (${index + 1})`, () => {
        const layer = layers[name as "multiHeadAttention"](one.settings as { heads: number });
        const inputs = one.inputs.map(asTensor);
        const ids = one.ids === undefined ? [] : [asTensor(one.ids)];
        const applyTo = (given: tf.Tensor[]) =>
          layer.apply(given.length === 1 ? (given[0] as tf.Tensor) : given) as tf.Tensor;
        const apply = () => applyTo([...inputs, ...ids]);
        apply();
        const weights = new Map(layer.weights.map((weight) => [weight.originalName.split("/").at(-1) ?? "", weight]));
        assert.deepEqual([...weights.keys()].sort(), Object.keys(one.weights).sort());
        for (const [key, values] of Object.entries(one.weights)) weights.get(key)?.write(asTensor(values));
        near(apply(), one.y, "y");
        const variables = Object.keys(one.weights).map((key) => weights.get(key)?.read() as tf.Variable);
        const loss = () => tf.sum(tf.mul(apply(), asTensor(one.c))) as tf.Scalar;
        const { grads } = tf.variableGrads(loss, variables);
        const byInputs = tf.grads((...given: tf.Tensor[]) =>
          tf.sum(tf.mul(applyTo([...given, ...ids]), asTensor(one.c))),
        )(inputs);
        for (const [at, gradient] of [
          ...byInputs,
          ...variables.map(({ name: key }) => grads[key] as tf.Tensor),
        ].entries()) {
          near(gradient, one.gradients[at] as Values, `gradient ${at}`);
        }
      });
    }
  }

  /** Of sequences of any length: what has been read attends to itself, then what has been written to that. */
  const padded = () => {
    const [read, written] = ["read", "written"].map((name) => tf.input({ shape: [null], name })) as [X, X];
    const embedding = layers.tokenEmbedding({ vocabulary: 9, width: 6, positions: 8 });
    const [x, y] = [embedding.apply(read) as X, embedding.apply(written) as X];
    const known = layers.multiHeadAttention({ heads: 2 }).apply([x, read]) as X;
    const own = layers.multiHeadAttention({ heads: 3, causal: true }).apply([y, y, written]) as X;
    const sum = tf.layers.add().apply([y, own]) as X;
    const asked = layers.multiHeadAttention({ heads: 2 }).apply([sum, known, read]) as X;
    return tf.model({ inputs: [read, written], outputs: embedding.apply(asked) as X });
  };

  it("do not see padding: a batch that is padded further gives the same where something stands", () => {
    const model = padded();
    const predict = (...ids: number[][][]) => model.predict(ids.map((rows) => tf.tensor2d(rows))) as tf.Tensor;
    const whole = predict([[3, 1, 4]], [[1, 5]]);
    const more = predict([[3, 1, 4, 0, 0, 0, 0]], [[1, 5, 0, 0]]);
    assert.deepEqual(more.shape, [1, 4, 9]);
    near(tf.slice(more, [0, 0, 0], [1, 2, 9]), { shape: [1, 2, 9], values: [...whole.dataSync()] }, "at the end");
    const beside = predict(
      [
        [3, 1, 4, 0],
        [2, 2, 2, 2],
      ],
      [
        [1, 5, 0],
        [8, 8, 8],
      ],
    );
    near(tf.slice(beside, [0, 0, 0], [1, 2, 9]), { shape: [1, 2, 9], values: [...whole.dataSync()] }, "beside others");
    // Id 0 is one as any other where nobody says that it is padding.
    assert.notDeepEqual([...predict([[3, 1, 4, 7]], [[1, 5]]).dataSync()], [...whole.dataSync()]);
    model.dispose();
  });

  it("give finite numbers, and gradients, where nothing is seen", () => {
    const layer = layers.multiHeadAttention({ heads: 2, causal: true });
    const x = tf.randomNormal([2, 3, 4], 0, 1, "float32", 5);
    const ids = tf.tensor2d([
      [0, 0, 0],
      [0, 0, 7],
    ]);
    const [gradient] = tf.grads((given: tf.Tensor) => tf.sum(tf.square(layer.apply([given, ids]) as tf.Tensor)))([x]);
    for (const found of [layer.apply([x, ids]) as tf.Tensor, gradient as tf.Tensor]) {
      assert.ok(found.dataSync().every(Number.isFinite));
    }
    // The mean of all values, whatever asks and from where.
    const [first, ...others] = tf.unstack(tf.slice(layer.apply([x, ids]) as tf.Tensor, [0, 0, 0], [1, 3, 4]), 1);
    for (const other of others) near(other, { shape: [1, 4], values: [...(first?.dataSync() ?? [])] }, "mean");
    // What the last position sees of the second sequence is itself alone.
    const alone = layer.apply(tf.slice(x, [1, 2, 0], [1, 1, 4])) as tf.Tensor;
    near(
      tf.slice(layer.apply([x, ids]) as tf.Tensor, [1, 2, 0], [1, 1, 4]),
      { shape: [1, 1, 4], values: [...alone.dataSync()] },
      "alone",
    );
  });

  it("attend to themselves when given twice, in a model that uses it once more", () => {
    const [input, ids] = [tf.input({ shape: [null, 4] }), tf.input({ shape: [null] })];
    const build = (attend: (layer: tf.layers.Layer, x: X) => X) => {
      const x = tf.layers.dense({ units: 4 }).apply(input) as X;
      const attended = attend(layers.multiHeadAttention({ heads: 2 }), x);
      return tf.model({ inputs: [input, ids], outputs: tf.layers.add().apply([x, attended]) as X });
    };
    const twice = build((layer, x) => layer.apply([x, x, ids]) as X);
    const once = build((layer, x) => layer.apply([x, ids]) as X);
    once.setWeights(twice.getWeights());
    const given = [tf.randomNormal([2, 3, 4], 0, 1, "float32", 3), tf.tensor2d([1, 2, 0, 4, 0, 0], [2, 3])];
    const expected = once.predict(given) as tf.Tensor;
    near(twice.predict(given) as tf.Tensor, { shape: [2, 3, 4], values: [...expected.dataSync()] }, "twice");
  });

  it("say what they are applied to where it is something else", () => {
    const attend = (...shapes: number[][]) =>
      layers.multiHeadAttention({ heads: 2 }).apply(shapes.map((shape) => tf.zeros(shape)));
    assert.throws(() => attend([1, 3, 4], [1, 2]), /ids of 2 positions, but 3 are attended to/);
    assert.throws(() => attend([1, 2, 4], [1, 3, 4], [1, 2]), /ids of 2 positions, but 3 are attended to/);
    assert.throws(() => attend([1, 3]), /is applied to features/);
    assert.throws(() => attend([1, 3, 4], [1, 3], [1, 3]), /is applied to features/);
    assert.throws(() => attend([1, 3, 4], [1, 3, 4], [1, 3, 4]), /is applied to features/);
  });

  it("add what belongs to the first positions, of sequences of any length up to the longest", () => {
    const [ids, features] = [tf.input({ shape: [null] }), tf.input({ shape: [null, 2] })];
    const tokens = layers.tokenEmbedding({ name: "tokens", vocabulary: 4, width: 2, positions: 3 });
    const places = layers.positionEmbedding({ name: "places", positions: 3 });
    const models = [tf.model({ inputs: ids, outputs: tokens.apply(ids) as X })].concat(
      tf.model({ inputs: features, outputs: places.apply(features) as X }),
    );
    const [rows, first] = tokens.getWeights().map((weight) => [...weight.dataSync()]);
    const second = [...(places.getWeights()[0]?.dataSync() ?? [])];
    const [one, other] = models.map((model, at) => model.predict(tf.zeros(at === 0 ? [1, 2] : [1, 2, 2])) as tf.Tensor);
    const expected = first?.slice(0, 4).map((value, at) => value + (rows?.[at % 2] ?? 0)) ?? [];
    near(one as tf.Tensor, { shape: [1, 2, 2], values: expected }, "tokens");
    near(other as tf.Tensor, { shape: [1, 2, 2], values: second.slice(0, 4) }, "places");
    for (const [at, name] of ["tokens", "places"].entries()) {
      assert.throws(() => models[at]?.predict(tf.zeros(at === 0 ? [1, 4] : [1, 4, 2])), {
        message: `A sequence has 4 positions, but layer "${name}" has 3.`,
        remedy: /positions: 4/,
      });
    }
  });

  it("add the row of the position to the row of the id", () => {
    const layer = layers.tokenEmbedding({ vocabulary: 4, width: 2, positions: 5 });
    const found = layer.apply(tf.tensor2d([[3, 0, 3]])) as tf.Tensor;
    const [tokens, positions] = layer.getWeights().map((weight) => weight.arraySync() as number[][]);
    const expected = [3, 0, 3].map((id, at) =>
      [0, 1].map((axis) => (tokens?.[id]?.[axis] ?? 0) + (positions?.[at]?.[axis] ?? 0)),
    );
    near(found, { shape: [1, 3, 2], values: expected.flat() }, "sum");
    assert.throws(
      () => layers.tokenEmbedding({ vocabulary: 4, width: 2, positions: 2 }).apply(tf.zeros([1, 3])),
      /3 positions/,
    );
    assert.throws(
      () => layers.multiHeadAttention({ heads: 4 }).apply(tf.zeros([1, 3, 6])),
      /6 features cannot be divided/,
    );
    assert.throws(
      () => layers.groupNormalization({ groups: 4 }).apply(tf.zeros([1, 3, 6])),
      /6 channels cannot be divided/,
    );
  });

  it("score tokens by the rows that they are looked up in, whose gradient is of both", () => {
    const layer = layers.tokenEmbedding({ vocabulary: 3, width: 2 });
    layer.apply(tf.tensor2d([[0]]));
    layer.setWeights([
      tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ]);
    const features = tf.tensor3d([
      [
        [1, 0],
        [0.5, -1],
      ],
    ]);
    // Products of each position with each row.
    near(
      layer.apply(features) as tf.Tensor,
      { shape: [1, 2, 3], values: [1, 3, 5, 0.5 - 2, 1.5 - 4, 2.5 - 6] },
      "scores",
    );
    const ids = tf.tensor2d([[2, 0]]);
    const { grads } = tf.variableGrads(
      () => tf.sum(layer.apply(layer.apply(ids) as tf.Tensor) as tf.Tensor) as tf.Scalar,
      layer.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    // Σ over looked-up rows e and all rows r of e·r: each row gets the sum of those looked up, and these the sum of all rows.
    const [gradient] = Object.values(grads);
    near(gradient as tf.Tensor, { shape: [3, 2], values: [6 + 9, 8 + 12, 6, 8, 6 + 9, 8 + 12] }, "gradient");
    assert.throws(() => layer.apply(tf.zeros([1, 2, 5])), /features have 5 numbers, but rows of the embedding 2/);
    assert.throws(() => layers.tokenEmbedding({ vocabulary: 3, width: 2 }).apply(tf.zeros([1, 2, 2])), /to ids before/);
  });

  it("add a vector of its own at each position", () => {
    const layer = layers.positionEmbedding();
    const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 3, 2]);
    const found = layer.apply(x) as tf.Tensor;
    const [positions] = layer.getWeights();
    assert.deepEqual(positions?.shape, [3, 2]);
    const own = [...(positions?.dataSync() ?? [])];
    const expected = [...x.dataSync()].map((value, at) => value + (own[at % 6] ?? 0));
    near(found, { shape: [2, 3, 2], values: expected }, "sum");
    assert.throws(() => layers.positionEmbedding().apply(tf.input({ shape: [null, 4] })), /number of positions/);
  });

  const model = () => {
    const input = tf.input({ shape: [5] });
    const embedding = layers.tokenEmbedding({ vocabulary: 7, width: 6, positions: 5 });
    let x = embedding.apply(input) as tf.SymbolicTensor;
    x = layers.positionEmbedding().apply(x) as tf.SymbolicTensor;
    x = layers.rmsNormalization({ epsilon: 1e-3 }).apply(x) as tf.SymbolicTensor;
    x = layers.multiHeadAttention({ heads: 3, causal: true }).apply(x) as tf.SymbolicTensor;
    x = layers.groupNormalization({ groups: 2 }).apply(x) as tf.SymbolicTensor;
    x = embedding.apply(x) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs: x });
  };

  it("are saved and loaded with a model", async () => {
    const saved = model();
    const [stored] = await new Promise<tf.io.ModelArtifacts[]>((resolve) => {
      void saved.save(
        tf.io.withSaveHandler(async (artifacts) => {
          resolve([artifacts]);
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
        }),
      );
    });
    assert.ok(stored !== undefined);
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory(JSON.parse(JSON.stringify({ ...stored, weightData: undefined }))),
    );
    loaded.setWeights(saved.getWeights());
    const ids = tf.tensor2d([[1, 6, 0, 2, 2]]);
    near(
      loaded.predict(ids) as tf.Tensor,
      { shape: [1, 5, 7], values: [...(saved.predict(ids) as tf.Tensor).dataSync()] },
      "loaded",
    );
  });

  it("say what their units are", () => {
    const built = model();
    const roles = findWeightRoles(built.layers);
    const units = built.weights.flatMap((weight) => {
      const role = roles.get(weight)?.units;
      return role === undefined ? [] : [`${weight.originalName.split("/").at(-1)}: ${role.count} ${role.of}`];
    });
    assert.deepEqual(units, [
      "tokens: 7 rows",
      "positions: 5 rows",
      "positions: 5 rows",
      "gamma: 6 features",
      "query: 3 heads",
      "key: 3 heads",
      "value: 3 heads",
      "output: 3 heads",
      "gamma: 6 channels",
    ]);
  });

  it("are what a model file gets, and the scan finds them as layers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "whittle-layers-"));
    const file = join(folder, "net.ts");
    const text = `import * as tf from "@tensorflow/tfjs";
import { multiHeadAttention } from "whittle/layers";
export function net() {
  const input = tf.input({ shape: [3, 4] });
  return tf.model({ inputs: input, outputs: multiHeadAttention({ name: "heads", heads: 2 }).apply(input) as tf.SymbolicTensor });
}`;
    writeFileSync(file, text);
    try {
      const { build } = await loadDefinition(tf, file, "net");
      assert.deepEqual((await build()).outputs[0]?.shape, [null, 3, 4]);
      assert.deepEqual(
        scanDefinitions(text, file)[0]?.layers.map(({ kind, name }) => [kind, name]),
        [["multiHeadAttention", "heads"]],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
