import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { drawFrom } from "../../../src/layers/noise.ts";
import { bitsOf, describeNative } from "../engine/graph/nativeSuite.ts";

const COUNT = 40_000;

describeNative("layers that draw numbers", (engine) => {
  /** What the layer makes of `count` ones in training, from the seed. */
  const drawn = (make: (tf: typeof Tf) => Tf.layers.Layer, shape: readonly number[], seed: number): Tf.Tensor => {
    const { tf, draws } = engine();
    assert.ok(draws !== undefined);
    const layer = make(tf);
    layer.apply(tf.ones([...shape]));
    drawFrom(tf, [layer], draws);
    draws.begin(tf.tensor1d([seed], "int32"));
    return layer.apply(tf.ones([...shape]), { training: true }) as Tf.Tensor;
  };
  const momentsOf = (values: ArrayLike<number>) => {
    const list = Array.from(values);
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    return { mean, deviation: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length) };
  };
  const near = (value: number, expected: number, tolerance: number): void =>
    assert.ok(Math.abs(value - expected) < tolerance, `${value}, expected ${expected}`);

  it("dropout drops as often as it says, and keeps the mean", () => {
    const values = drawn((tf) => tf.layers.dropout({ rate: 0.3 }), [COUNT], 1).dataSync();
    const dropped = values.filter((value) => value === 0).length / COUNT;
    near(dropped, 0.3, 0.01);
    assert.deepEqual([...new Set(values)].map((value) => value.toFixed(5)).sort(), ["0.00000", (1 / 0.7).toFixed(5)]);
  });

  it("spatial dropout drops whole features of an example", () => {
    const values = drawn((tf) => tf.layers.spatialDropout1d({ rate: 0.5 }), [50, 7, 20], 2).arraySync() as number[][][];
    for (const example of values) for (const position of example) assert.deepEqual(position, example[0]);
    near(values.flatMap((example) => example[0] ?? []).filter((value) => value === 0).length / 1000, 0.5, 0.06);
  });

  it("gaussian noise and dropout have the moments that they say", () => {
    const noise = momentsOf(drawn((tf) => tf.layers.gaussianNoise({ stddev: 0.5 }), [COUNT], 3).dataSync());
    near(noise.mean, 1, 0.01);
    near(noise.deviation, 0.5, 0.01);
    const dropout = momentsOf(drawn((tf) => tf.layers.gaussianDropout({ rate: 0.2 }), [COUNT], 4).dataSync());
    near(dropout.mean, 1, 0.01);
    near(dropout.deviation, Math.sqrt(0.2 / 0.8), 0.01);
  });

  it("alpha dropout makes two values as TensorFlow.js does", () => {
    const ours = new Set(
      [...drawn((tf) => tf.layers.alphaDropout({ rate: 0.3 }), [COUNT], 5).dataSync()].map((v) => v.toFixed(4)),
    );
    const { tf } = engine();
    const theirs = tf.layers.alphaDropout({ rate: 0.3 }).apply(tf.ones([1000]), { training: true }) as Tf.Tensor;
    assert.deepEqual([...ours].sort(), [...new Set([...theirs.dataSync()].map((v) => v.toFixed(4)))].sort());
  });

  it("draw the same from the same seed, others from another, and others at each call", () => {
    const make = (tf: typeof Tf) => tf.layers.dropout({ rate: 0.5 });
    assert.equal(bitsOf(drawn(make, [200], 7)), bitsOf(drawn(make, [200], 7)));
    assert.notEqual(bitsOf(drawn(make, [200], 7)), bitsOf(drawn(make, [200], 8)));
    const { draws } = engine();
    const again = [1, 2].map(() => bitsOf(draws?.uniform([50]) as Tf.Tensor));
    assert.notEqual(again[0], again[1]);
  });

  it("draw nothing outside of training, and are found inside of others", () => {
    const { tf, draws } = engine();
    assert.ok(draws !== undefined);
    const inner = tf.sequential({ layers: [tf.layers.dropout({ rate: 0.5, inputShape: [100] })] });
    const model = tf.sequential({ layers: [inner] });
    drawFrom(tf, model.layers, draws);
    draws.begin(tf.tensor1d([1], "int32"));
    const ones = tf.ones([1, 100]);
    assert.ok((model.apply(ones, { training: false }) as Tf.Tensor).dataSync().every((value) => value === 1));
    const first = bitsOf(model.apply(ones, { training: true }) as Tf.Tensor);
    draws.begin(tf.tensor1d([1], "int32"));
    assert.equal(bitsOf(model.apply(ones, { training: true }) as Tf.Tensor), first);
  });

  it("a cell's own dropout draws from the engine as well", () => {
    const { tf, draws } = engine();
    assert.ok(draws !== undefined);
    const layer = tf.layers.lstm({ units: 4, dropout: 0.5, recurrentDropout: 0.5, inputShape: [3, 5] });
    const model = tf.sequential({ layers: [layer] });
    drawFrom(tf, model.layers, draws);
    const x = tf.ones([2, 3, 5]);
    const run = (seed: number): string => {
      draws.begin(tf.tensor1d([seed], "int32"));
      return bitsOf(model.apply(x, { training: true }) as Tf.Tensor);
    };
    assert.equal(run(1), run(1));
    assert.notEqual(run(1), run(2));
  });
});
