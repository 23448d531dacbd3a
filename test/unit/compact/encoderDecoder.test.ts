import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { compactModel } from "../../../src/compact/compactModel.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";
import { createDraw, type Draw } from "./randomModels.ts";

type X = tf.SymbolicTensor;

const [VOCABULARY, WIDTH, HEADS, INNER, BLOCKS, POSITIONS] = [11, 12, 4, 10, 2, 7];

/** Reads and writes ids of any length, padded with 0; one embedding for what is read, what is written and what comes next. */
function encoderDecoder(): tf.LayersModel {
  const { tokenEmbedding, multiHeadAttention } = createModelLayers(tf);
  const [read, written] = ["read", "written"].map((name) => tf.input({ shape: [null], name })) as [X, X];
  const embedding = tokenEmbedding({ name: "tokens", vocabulary: VOCABULARY, width: WIDTH, positions: POSITIONS });
  const add = (x: X, y: unknown): X => tf.layers.add().apply([x, y as X]) as X;
  const norm = (x: X): X => tf.layers.layerNormalization().apply(x) as X;
  const attend = (name: string, inputs: X[], causal = false) =>
    multiHeadAttention({ name, heads: HEADS, causal }).apply(inputs);
  const feed = (name: string, x: X) => {
    const wide = tf.layers.dense({ name: `${name}_wide`, units: INNER, activation: "relu" }).apply(norm(x));
    return tf.layers.dense({ name: `${name}_narrow`, units: WIDTH }).apply(wide);
  };
  let x = embedding.apply(read) as X;
  let y = embedding.apply(written) as X;
  for (let block = 1; block <= BLOCKS; block++) {
    x = add(x, attend(`read${block}`, [norm(x), read]));
    x = add(x, feed(`read${block}`, x));
  }
  const known = norm(x);
  for (let block = 1; block <= BLOCKS; block++) {
    y = add(y, attend(`own${block}`, [norm(y), written], true));
    y = add(y, attend(`known${block}`, [norm(y), known, read]));
    y = add(y, feed(`written${block}`, y));
  }
  return tf.model({ inputs: [read, written], outputs: embedding.apply(norm(y)) as X });
}

/** Draws all weights, and leaves holes. @returns by layer, how many heads or units are left */
function leaveHoles(draw: Draw, model: tf.LayersModel): ReadonlyMap<string, number> {
  const left = new Map<string, number>();
  const change = (layer: string, name: string, keeps: (row: number, column: number) => boolean) => {
    const weight = model.getLayer(layer).weights.find(({ originalName }) => originalName === `${layer}/${name}`);
    const columns = weight?.shape.at(-1) ?? 1;
    const values = Float32Array.from(weight?.read().dataSync() ?? [], (value, at) =>
      keeps(Math.floor(at / columns), at % columns) ? value : 0,
    );
    tf.tidy(() => void weight?.write(tf.tensor(values, weight.shape as number[])));
  };
  for (const weight of model.weights) {
    const { shape } = weight;
    const values = Float32Array.from({ length: shape.reduce<number>((all, one) => all * (one ?? 1), 1) }, () =>
      draw.chance(0.1) ? 0 : (draw.below(2001) - 1000) / 1500,
    );
    tf.tidy(() => void weight.write(tf.tensor(values, shape as number[])));
  }
  for (const layer of model.layers) {
    const { name } = layer;
    if (layer.getClassName() === "MultiHeadAttention") {
      const dead = Array.from({ length: HEADS }, () => draw.chance(0.5));
      const isKept = (at: number) => dead[Math.floor(at / (WIDTH / HEADS))] !== true;
      if (draw.chance(0.5)) change(name, "output", (row) => isKept(row));
      // Its bias is then what it gives, wherever it looks.
      else change(name, "value", (_, column) => isKept(column));
      left.set(name, Math.max(1, dead.filter((is) => !is).length));
    }
    if (name.endsWith("_wide")) {
      const dead = Array.from({ length: INNER }, () => draw.chance(0.5));
      change(name, "kernel", (_, column) => dead[column] !== true);
      left.set(name, Math.max(1, dead.filter((is) => !is).length));
    }
  }
  return left;
}

const IDS: readonly (readonly [number[][], number[][]])[] = [
  [
    [
      [3, 1, 4, 1, 5],
      [9, 2, 6, 0, 0],
    ],
    [
      [5, 3, 5],
      [8, 0, 0],
    ],
  ],
  [[[10, 9, 8, 7, 6, 5, 4]], [[1, 2, 3, 4, 5, 6, 7]]],
  [[[1]], [[2]]],
];

describe("the smaller network of an encoder and a decoder", () => {
  before(() => tf.setBackend("cpu"));

  it("is the one without the heads and units that do nothing, and gives the same for sequences of any length", () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const model = encoderDecoder();
      const left = leaveHoles(createDraw(seed), model);
      const compact = compactModel(tf, model);
      assert.equal(compact.kept, undefined, `seed ${seed}: ${compact.kept}`);
      const sizes = new Map(compact.layers.map(({ name, after }) => [name, after]));
      for (const [name, count] of left) assert.equal(sizes.get(name), count, `seed ${seed}: ${name}`);
      assert.ok(compact.model.countParams() < 0.9 * model.countParams());
      for (const ids of IDS) {
        tf.tidy(() => {
          const given = ids.map((rows) => tf.tensor2d(rows));
          const [expected, got] = [model, compact.model].map((each) => each.predict(given) as tf.Tensor);
          const largest = tf.max(tf.abs(expected as tf.Tensor)).dataSync()[0] ?? 0;
          const difference =
            tf.max(tf.abs(tf.sub(expected as tf.Tensor, got as tf.Tensor))).dataSync()[0] ?? Number.NaN;
          assert.ok(largest > 0.1 && difference <= 1e-5 * largest, `seed ${seed}: ${difference} of ${largest}`);
        });
      }
      for (const weight of [...model.weights, ...compact.model.weights]) weight.read().dispose();
    }
  });
});
