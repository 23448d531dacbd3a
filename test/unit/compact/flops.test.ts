import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { countFlops } from "../../../src/compact/flops.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";

/** Products counted by hand from the definition of each layer; a product and its sum are two operations. */
describe("flops", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
  });

  const of = (inputShape: (number | null)[], ...layers: Tf.layers.Layer[]): number | undefined => {
    const input = tf.input({ shape: inputShape });
    const output = layers.reduce((x, layer) => layer.apply(x) as Tf.SymbolicTensor, input);
    return countFlops(tf.model({ inputs: input, outputs: output }));
  };

  it("are those of LeNet-5 as it is usually counted", () => {
    const { conv2d, maxPooling2d, flatten, dense } = tf.layers;
    const lenet = of(
      [28, 28, 1],
      conv2d({ filters: 6, kernelSize: 5, padding: "same", activation: "relu" }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 120, activation: "relu" }),
      dense({ units: 84, activation: "relu" }),
      dense({ units: 10 }),
    );
    // 28·28·6·25 + 10·10·16·25·6 + 400·120 + 120·84 + 84·10 = 117,600 + 240,000 + 48,000 + 10,080 + 840
    assert.equal(lenet, 2 * 416_520);
  });

  it("of every position, window and step", () => {
    const { layers } = tf;
    assert.equal(of([7, 3], layers.dense({ units: 5 })), 2 * 7 * 3 * 5);
    assert.equal(of([9, 4], layers.conv1d({ filters: 6, kernelSize: 3 })), 2 * 7 * 6 * 3 * 4);
    assert.equal(of([8, 8, 4], layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })), 2 * 6 * 6 * 8 * 9);
    assert.equal(
      of([8, 8, 4], layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2 })),
      2 * 6 * 6 * (9 * 8 + 8 * 5),
    );
    assert.equal(of([4, 4, 3], layers.conv2dTranspose({ filters: 5, kernelSize: 2, strides: 2 })), 2 * 16 * 3 * 4 * 5);
    assert.equal(of([6, 3], layers.lstm({ units: 4 })), 2 * 6 * (3 + 4) * 4 * 4);
    assert.equal(
      of([6, 3], layers.bidirectional({ layer: layers.gru({ units: 4 }) as Tf.RNN, mergeMode: "concat" })),
      2 * 2 * 6 * (3 + 4) * 3 * 4,
    );
    const cell = [layers.simpleRNNCell({ units: 4 }), layers.simpleRNNCell({ units: 5 })];
    assert.equal(of([6, 3], layers.rnn({ cell })), 2 * 6 * (3 * 4 + 4 * 4 + 4 * 5 + 5 * 5));
    assert.equal(of([6, 3], layers.timeDistributed({ layer: layers.dense({ units: 2 }) })), 2 * 6 * 3 * 2);
  });

  it("of attention, whose positions look at each other", () => {
    const { multiHeadAttention } = createModelLayers(tf);
    assert.equal(of([6, 8], multiHeadAttention({ heads: 2 })), 2 * (4 * 6 * 8 * 8 + 2 * 6 * 6 * 8));
    const [asking, answering, ids] = [[6, 8], [5, 8], [5]].map((shape) => tf.input({ shape }));
    const inputs = [asking, answering, ids] as Tf.SymbolicTensor[];
    const outputs = multiHeadAttention({ heads: 2 }).apply(inputs) as Tf.SymbolicTensor;
    assert.equal(countFlops(tf.model({ inputs, outputs })), 2 * (2 * (6 + 5) * 8 * 8 + 2 * 6 * 5 * 8));
    const own = [answering, ids] as Tf.SymbolicTensor[];
    const itself = multiHeadAttention({ heads: 2 }).apply(own) as Tf.SymbolicTensor;
    assert.equal(countFlops(tf.model({ inputs: own, outputs: itself })), 2 * (4 * 5 * 8 * 8 + 2 * 5 * 5 * 8));
  });

  it("of a layer each time that it is called, in models inside as well", () => {
    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [3] })] });
    assert.equal(of([3], inner, inner, tf.layers.activation({ activation: "relu" })), 2 * 2 * 9);
  });

  it("are not said where a class is unknown or a length open", () => {
    class Own extends tf.layers.Layer {
      static readonly className = "Own";
    }
    assert.equal(of([3], new Own(), tf.layers.dense({ units: 1 })), undefined);
    assert.equal(of([null, 3], tf.layers.dense({ units: 2 }), tf.layers.globalMaxPooling1d({})), undefined);
    assert.equal(of([null, 8], createModelLayers(tf).multiHeadAttention({ heads: 2 })), undefined);
  });
});
