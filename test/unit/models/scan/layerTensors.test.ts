import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { matchLayers } from "../../../../src/models/scan/layerTensors.ts";
import { scanDefinitions } from "../../../../src/models/scan/scan.ts";

const match = (layers: string, tensors: readonly string[]) => {
  const text = `import * as tf from "@tensorflow/tfjs";\nexport function net() { return tf.sequential({ layers: [${layers}] }); }`;
  const matched = matchLayers(
    scanDefinitions(text, "a.ts").flatMap((found) => found.layers),
    tensors.map((name) => ({ name })),
  );
  return [...matched].map(
    ([{ kind, name }, own]) =>
      `${name ?? kind}: ${own
        .flat()
        .map((each) => each.name)
        .join(" ")}`,
  );
};

describe("layerTensors", () => {
  it("finds tensors by the layer's name, all of them", () => {
    assert.deepEqual(
      match('tf.layers.lstm({ name: "l", units: 2 }), tf.layers.dense({ name: "a", units: 2 })', [
        "l/kernel",
        "l/recurrent_kernel",
        "a/kernel",
      ]),
      ["l: l/kernel l/recurrent_kernel", "a: a/kernel"],
    );
  });

  it("counts layers without a name, beside those with one and those that are not pruned", () => {
    assert.deepEqual(
      match(
        'tf.layers.dense({ units: 2 }), tf.layers.conv2d({ filters: 1 }), tf.layers.dense({ name: "x" }), tf.layers.dense({ units: 3 }), tf.layers.depthwiseConv2d({})',
        [
          "dense_Dense2/kernel",
          "conv2d_Conv2D1/kernel",
          "x/kernel",
          "depthwise_conv2d_DepthwiseConv2D1/depthwise_kernel",
        ],
      ),
      [
        "x: x/kernel",
        "dense: dense_Dense2/kernel",
        "conv2d: conv2d_Conv2D1/kernel",
        "depthwiseConv2d: depthwise_conv2d_DepthwiseConv2D1/depthwise_kernel",
      ],
    );
  });

  it("says nothing of a call that made several layers, or that hides its name", () => {
    assert.deepEqual(match("tf.layers.dense({ units: 2 })", ["dense_Dense1/kernel", "dense_Dense2/kernel"]), []);
    assert.deepEqual(match('tf.layers.dense({ name: "l" + 1 }), tf.layers.dense(x)', ["dense_Dense1/kernel"]), []);
    assert.deepEqual(match('tf.layers.dense({ name: "a" }), tf.layers.dense({ name: "a" })', ["a/kernel"]), []);
  });

  it("TensorFlow.js gives names as this file thinks", () => {
    const names = [
      tf.layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [2, 2, 1] }),
      tf.layers.depthwiseConv2d({ kernelSize: 1 }),
      tf.layers.dense({ units: 1 }),
    ].map((layer) => layer.name);
    assert.match(names.join(" "), /^conv2d_Conv2D\d+ depthwise_conv2d_DepthwiseConv2D\d+ dense_Dense\d+$/);
  });
});
