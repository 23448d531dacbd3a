import assert from "node:assert/strict";
import fc from "fast-check";
import { blocksOf, labelsOf, readableName } from "../../../../src/webview/charts/layerNames.ts";

/** Like a ResNet in Keras: 4 stages of 4 blocks, 3 tensors each, a stem and a head. */
const RESNET = [
  "stem_conv/kernel",
  ...[1, 2, 3, 4].flatMap((stage) =>
    [0, 1, 2, 3].flatMap((block) =>
      ["conv1/kernel", "conv2/kernel", "shortcut/kernel"].map((rest) => `layer${stage}_${block}_${rest}`),
    ),
  ),
  "head/kernel",
];
/** Like an encoder and a decoder of 6 blocks each, 16 tensors a block. */
const TRANSFORMER = [
  "embedding/embeddings",
  ...["encoder", "decoder"].flatMap((side) =>
    [0, 1, 2, 3, 4, 5].flatMap((block) =>
      ["self_attention", "cross_attention", "feed_forward", "output_projection_of_the_block"].flatMap((part) =>
        ["wq", "wk", "wv", "wo"].map((tensor) => `${side}_block_${block}/${part}/${tensor}`),
      ),
    ),
  ),
];

describe("names of layers in charts", () => {
  it("read as people would write them, where TensorFlow.js made them up", () => {
    const rows: Readonly<Record<string, string>> = {
      "multi_head_attention_MultiHeadAttention1/wq": "MultiHeadAttention 1 · wq",
      "conv2d_Conv2D3/kernel": "Conv2D 3 · kernel",
      "dense_Dense12/kernel": "Dense 12 · kernel",
      "lstm_LSTM2/recurrent_kernel": "LSTM 2 · recurrent_kernel",
      "bidirectional_Bidirectional1/forward_lstm_LSTM1/kernel": "Bidirectional 1/forward_lstm_LSTM1 · kernel",
      "fc1/kernel": "fc1 · kernel",
      "dense_1/kernel": "dense_1 · kernel",
      my_Dense1: "my_Dense1",
      "my_Dense1/kernel": "my_Dense1 · kernel",
      kernel: "kernel",
    };
    for (const [name, text] of Object.entries(rows)) assert.equal(readableName(name), text);
  });

  it("are cut in the middle, with the tensor's own name whole", () => {
    const names = ["wq", "wk", "wv", "wo"].map((tensor) => `encoder_of_the_translation_model_3/attention/${tensor}`);
    const labels = labelsOf(names);
    assert.equal(new Set(labels).size, 4);
    for (const [index, label] of labels.entries()) {
      assert.ok([...label].length <= 28, label);
      assert.ok(label.startsWith("encoder_of_") && label.includes("…"), label);
      assert.ok(label.endsWith(` · ${["wq", "wk", "wv", "wo"][index]}`), label);
    }
  });

  it("never say the same of two layers", () => {
    const part = fc.stringMatching(/^[a-c_]{1,3}(Dense|LSTM)?[0-9]{0,2}$/);
    const long = fc
      .tuple(part, fc.integer({ min: 0, max: 60 }))
      .map(([text, count]) => text + "x".repeat(count) + text);
    const name = fc.array(fc.oneof(part, long), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const twins = fc.constantFrom("dense_Dense1/kernel", "Dense 1/kernel", "Dense 1 · kernel");
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(name, twins), { maxLength: 40 }), (names) => {
        const labels = labelsOf(names);
        assert.equal(new Set(labels).size, names.length, JSON.stringify([names, labels]));
      }),
      { seed: 5, numRuns: 300 },
    );
    for (const names of [RESNET, TRANSFORMER]) assert.equal(new Set(labelsOf(names)).size, names.length);
  });
});

describe("blocks of layers", () => {
  it("are what begins with the same words and number", () => {
    assert.deepEqual(
      blocksOf(RESNET).map(({ name, from, to }) => [name, to - from]),
      [
        ["stem_conv · kernel", 1],
        ["layer1", 12],
        ["layer2", 12],
        ["layer3", 12],
        ["layer4", 12],
        ["head · kernel", 1],
      ],
    );
    const blocks = blocksOf(TRANSFORMER);
    assert.equal(blocks.length, 1 + 12);
    assert.deepEqual([blocks[1]?.name, blocks[12]?.name], ["encoder_block_0", "decoder_block_5"]);
    assert.ok(blocks.slice(1).every(({ from, to }) => to - from === 16));
  });

  it("are the layers themselves where none has a number before its end", () => {
    const names = ["conv2d_Conv2D1/kernel", "conv2d_Conv2D2/kernel", "dense_1/kernel", "fc2/kernel"];
    assert.equal(blocksOf(names).length, names.length);
  });

  it("hold every layer once, in order", () => {
    const anyName = fc.stringMatching(/^(b|c)[0-2]?(_|\/)[a-b]\/k$/);
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 30 }), (names) => {
        const indices = blocksOf(names).flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, index) => from + index),
        );
        assert.deepEqual(indices, [...names.keys()]);
      }),
      { seed: 6 },
    );
  });
});
