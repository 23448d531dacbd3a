import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { startEngine } from "../../../../src/engine/start.ts";
import type { TF } from "../../../../src/engine/types.ts";
import type { OnnxGraph } from "../../../../src/layers/onnxRule.ts";
import { createModelLayers } from "../../../../src/models/modelLayers/index.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { compareInOnnxRuntime, drawWeights, encode } from "./compare.ts";
import { decodeOnnx } from "./decode.ts";

type Tensor = Tf.SymbolicTensor;

describe("models as ONNX files", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await startEngine("cpu"));
  });

  const put = (layer: Tf.layers.Layer, ...inputs: Tensor[]): Tensor =>
    layer.apply(inputs.length === 1 && inputs[0] ? inputs[0] : inputs) as Tensor;

  it("a sequential model in a sequential model", () => {
    const inner = tf.sequential({
      layers: [tf.layers.dense({ units: 5, inputShape: [4], activation: "relu" }), tf.layers.dense({ units: 3 })],
    });
    return compareInOnnxRuntime(tf, tf.sequential({ layers: [inner, tf.layers.dense({ units: 2 })] }));
  });

  it("a model with two outputs, applied twice, on images of two sizes", () => {
    const image = tf.input({ shape: [null, null, 2] });
    const features = put(tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", strides: 2 }), image);
    const both = [features, put(tf.layers.globalMaxPooling2d({}), features)];
    const inner = tf.model({ inputs: image, outputs: both });
    const [large, small] = [tf.input({ shape: [8, 7, 2] }), tf.input({ shape: [5, 4, 2] })];
    const [ofLarge, ofSmall] = [large, small].map((x) => inner.apply(x) as Tensor[]);
    return compareInOnnxRuntime(
      tf,
      tf.model({ inputs: [large, small], outputs: [...(ofLarge ?? []), ...(ofSmall ?? [])] }),
    );
  });

  it("a layer applied three times has its weights once", async () => {
    const input = tf.input({ shape: [4] });
    const shared = tf.layers.dense({ name: "shared", units: 4, activation: "tanh" });
    const [once, twice] = [put(shared, input), put(shared, put(shared, input))];
    const model = tf.model({ inputs: input, outputs: put(tf.layers.add(), once, twice) });
    await compareInOnnxRuntime(tf, model);
    const { graph } = decodeOnnx(await encode(tf, model));
    assert.deepEqual(graph.initializer.map(({ name }) => name).sort(), ["shared/bias", "shared/kernel"]);
  });

  it("an input that is an output, and an output that is there twice", () => {
    const input = tf.input({ shape: [4] });
    const dense = put(tf.layers.dense({ units: 3 }), input);
    return compareInOnnxRuntime(tf, tf.model({ inputs: input, outputs: [input, dense, put(tf.layers.elu(), dense)] }));
  });

  for (const name of ["add", "average", "maximum", "minimum", "multiply"] as const) {
    it(`${name}: three images, one of them in another order of axes, and a row for all of their pixels`, () => {
      const [image, row] = [tf.input({ shape: [6, 5, 3] }), tf.input({ shape: [3] })];
      const convolved = put(tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }), image);
      const merged = put(tf.layers[name](), image, convolved, put(tf.layers.reLU(), image));
      return compareInOnnxRuntime(
        tf,
        tf.model({
          inputs: [image, row],
          outputs: put(tf.layers[name](), merged, put(tf.layers.reshape({ targetShape: [1, 1, 3] }), row)),
        }),
      );
    });
  }

  it("a sum of a sequence and a vector", () => {
    const [sequence, vector] = [tf.input({ shape: [null, 3] }), tf.input({ shape: [3] })];
    const model = tf.model({ inputs: [sequence, vector], outputs: put(tf.layers.add(), sequence, vector) });
    return compareInOnnxRuntime(tf, model);
  });

  for (const axis of [1, 2, 3, -1]) {
    it(`concatenate along axis ${axis}`, () => {
      const image = tf.input({ shape: [4, 4, 4] });
      const convolved = put(tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" }), image);
      return compareInOnnxRuntime(
        tf,
        tf.model({ inputs: image, outputs: put(tf.layers.concatenate({ axis }), image, convolved) }),
      );
    });
  }

  for (const [one, other, axes] of [
    [[4], [4], 1],
    [[4, 3], [5, 3], 2],
    [
      [4, 3],
      [3, 5],
      [2, 1],
    ],
    [[4, 3], [4, 5], 1],
    [[4, 3], [4], 1],
    [[4, 3], [3], [2, 1]],
    [[3], [4, 3], [1, 2]],
    [[4], [3, 4], -1],
  ] as const) {
    for (const normalize of [false, true]) {
      it(`dot of [${one}] and [${other}] along ${axes}${normalize ? ", of length 1" : ""}`, () => {
        const [x, y] = [tf.input({ shape: [...one] }), tf.input({ shape: [...other] })];
        const along = typeof axes === "number" ? axes : ([...axes] as [number, number]);
        const outputs = put(tf.layers.dot({ axes: along, normalize }), x, y);
        return compareInOnnxRuntime(tf, tf.model({ inputs: [x, y], outputs }));
      });
    }
  }

  it("attention to another sequence", () => {
    const own = createModelLayers(tf);
    const [asking, answering] = [tf.input({ shape: [4, 6] }), tf.input({ shape: [null, 5] })];
    const outputs = put(own.multiHeadAttention({ heads: 2 }), asking, answering);
    return compareInOnnxRuntime(tf, tf.model({ inputs: [asking, answering], outputs }));
  });

  for (const dtype of ["float32", "int32"] as const) {
    it(`attention that does not see padding, which ${dtype} ids say`, () => {
      const own = createModelLayers(tf);
      const [read, written] = ["read", "written"].map((name) => tf.input({ shape: [null], dtype, name })) as [
        Tensor,
        Tensor,
      ];
      const tokens = own.tokenEmbedding({ vocabulary: 9, width: 6, positions: 8 });
      const [x, y] = [put(tokens, read), put(tokens, written)];
      const known = put(own.multiHeadAttention({ heads: 2 }), x, read);
      const itself = put(own.multiHeadAttention({ heads: 3, causal: true }), y, written);
      const asked = put(own.multiHeadAttention({ heads: 2 }), itself, known, read);
      const model = tf.model({ inputs: [read, written], outputs: [put(tokens, asked), known] });
      // Half of them is padding, whole sequences among them.
      return compareInOnnxRuntime(tf, model, { ids: 2, batches: [1, 9] });
    });
  }

  it("a language model whose output shares the weights of its embedding, of whole numbers of any count", () => {
    const own = createModelLayers(tf);
    const ids = tf.input({ shape: [null], dtype: "int32" });
    const tokens = own.tokenEmbedding({ vocabulary: 11, width: 6, positions: 8 });
    const x = put(own.rmsNormalization(), put(own.multiHeadAttention({ heads: 2, causal: true }), put(tokens, ids)));
    return compareInOnnxRuntime(tf, tf.model({ inputs: ids, outputs: put(tokens, x) }), { ids: 11 });
  });

  it("of a Gaussian its mean", () => {
    const own = createModelLayers(tf);
    const input = tf.input({ shape: [4] });
    const [mean, spread] = [put(tf.layers.dense({ units: 3 }), input), put(tf.layers.dense({ units: 3 }), input)];
    return compareInOnnxRuntime(tf, tf.model({ inputs: input, outputs: put(own.gaussianSampling(), mean, spread) }));
  });

  it("whole numbers become floating-point ones where they are computed with", () => {
    const input = tf.input({ shape: [2, 3], dtype: "int32" });
    const flat = put(tf.layers.flatten(), input);
    return compareInOnnxRuntime(tf, tf.model({ inputs: input, outputs: put(tf.layers.reLU(), flat) }), { ids: 5 });
  });

  it("sequences of sequences, with recurrent layers for the inner ones", () => {
    const input = tf.input({ shape: [3, null, 4] });
    const inner = tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 3 }) as Tf.RNN, mergeMode: "concat" });
    return compareInOnnxRuntime(
      tf,
      tf.model({ inputs: input, outputs: put(tf.layers.timeDistributed({ layer: inner }), input) }),
      {},
    );
  });

  it("a batch of one size stays one", async () => {
    const input = tf.input({ batchShape: [2, 4] });
    const model = tf.model({ inputs: input, outputs: put(tf.layers.dense({ name: "dense", units: 3 }), input) });
    await compareInOnnxRuntime(tf, model, { batches: [2] });
  });

  it("says what it is, what it comes from, and what its axes are", async () => {
    const input = tf.input({ name: "tokens", shape: [null, 4] });
    const outputs = put(tf.layers.dense({ name: "scores", units: 3 }), input);
    const file = decodeOnnx(await encode(tf, tf.model({ inputs: input, outputs })));
    assert.deepEqual(file.opsetImport, [{ domain: "", version: 20 }]);
    assert.deepEqual(file.metadataProps, [{ key: "run", value: "a run" }]);
    const ends = (list: typeof file.graph.input) =>
      list.map(({ name, type }) => [name, type.tensorType.elemType, type.tensorType.shape.dim]);
    assert.deepEqual(ends(file.graph.input), [
      ["tokens", 1, [{ dimParam: "batch" }, { dimParam: "tokens_1" }, { dimValue: 4 }]],
    ]);
    assert.deepEqual(ends(file.graph.output), [
      ["scores", 1, [{ dimParam: "batch" }, { dimParam: "scores_1" }, { dimValue: 3 }]],
    ]);
  });

  it("has the same bytes whatever else the process has built", async () => {
    const build = () => {
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3 }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 3 }),
        ],
      });
      drawWeights(tf, model, "the same");
      return model;
    };
    const [one, other] = [await encode(tf, build()), await encode(tf, build())];
    assert.deepEqual(one, other);
    const { graph } = decodeOnnx(one);
    const names = [...graph.input, ...graph.output].map(({ name }) => name);
    assert.deepEqual(names, ["conv2d_Conv2D1_input", "dense_Dense1"]);
    const [left, right] = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
    const sum = decodeOnnx(
      await encode(tf, tf.model({ inputs: [left, right], outputs: put(tf.layers.add(), left, right) })),
    );
    assert.deepEqual(
      sum.graph.input.map(({ name }) => name),
      ["input1", "input2"],
    );
  });

  it("a network of convolutions changes the order of axes at its two ends alone", async () => {
    const input = tf.input({ shape: [8, 8, 3] });
    const convolved = (x: Tensor) =>
      put(tf.layers.batchNormalization(), put(tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }), x));
    const first = put(tf.layers.reLU(), convolved(input));
    const sum = put(tf.layers.add(), first, convolved(first));
    const joined = put(
      tf.layers.concatenate(),
      sum,
      convolved(sum),
      put(tf.layers.upSampling2d({ size: [2, 2] }), put(tf.layers.maxPooling2d({}), sum)),
    );
    const padded = put(tf.layers.zeroPadding2d({}), put(tf.layers.dropout({ rate: 0.5 }), joined));
    const outputs = put(
      tf.layers.leakyReLU(),
      put(tf.layers.cropping2D({ cropping: [2, 1] as unknown as [[number, number], [number, number]] }), padded),
    );
    const model = tf.model({ inputs: input, outputs });
    await compareInOnnxRuntime(tf, model);
    const { graph } = decodeOnnx(await encode(tf, model));
    assert.equal(graph.node.filter(({ opType }) => opType === "Transpose").length, 2);
  });

  describe("of layer classes of one's own", () => {
    const model = (className: string, toOnnx?: (graph: OnnxGraph, inputs: string[]) => unknown) => {
      class Mine extends tf.layers.Layer {
        static readonly className: string = className;
        readonly toOnnx = toOnnx;
        private scale: Tf.LayerVariable | undefined;
        override build(shape: Tf.Shape): void {
          this.scale = this.addWeight("scale", [1], "float32", tf.initializers.ones());
          super.build(shape);
        }
        override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
          const [x] = [inputs].flat();
          if (x === undefined || this.scale === undefined) throw new Error("the layer is not built");
          return tf.add(tf.leakyRelu(tf.mul(x, this.scale.read()), 0.1), 0.5);
        }
      }
      const image = tf.input({ shape: [4, 4, 2] });
      const convolved = put(tf.layers.conv2d({ filters: 3, kernelSize: 3 }), image);
      return tf.model({ inputs: image, outputs: put(new Mine({ name: "mine" }), convolved) });
    };

    it("takes the class's rule", () =>
      compareInOnnxRuntime(
        tf,
        model("Ruled", (graph, [x = ""]) => {
          const scaled = graph.add("Mul", [x, graph.weight("scale")]);
          const leaky = graph.add("LeakyRelu", [scaled], { alpha: { float: 0.1 } });
          return graph.add("Add", [leaky, graph.floats([0.5], [])]);
        }),
      ));

    it("names the layer without one, and what to do", () =>
      assert.rejects(encode(tf, model("Plain")), (error) => {
        assert.ok(error instanceof WhittleError && error.kind === "usage");
        assert.match(error.message, /"mine" \(Plain\)/);
        assert.match(error.remedy, /toOnnx/);
        return true;
      }));

    it("names the layer whose rule gives nothing", () =>
      assert.rejects(
        encode(
          tf,
          model("Wrong", () => undefined),
        ),
        /"mine" \(Wrong\) has a toOnnx that does not give back/,
      ));

    it("names the weight that the layer has not", () =>
      assert.rejects(
        encode(
          tf,
          model("Lacking", (graph) => graph.weight("shift")),
        ),
        /"mine" \(Lacking\) has no weight shift/,
      ));
  });

  describe("names the layer for which ONNX has no form", () => {
    const sequence = () => tf.input({ shape: [5, 4] });
    const refused: Readonly<Record<string, () => [Tensor, Tensor]>> = {
      '"masked" \\(Embedding\\) masks time steps for layer "reader"': () => {
        const ids = tf.input({ shape: [5] });
        const masked = put(tf.layers.embedding({ name: "masked", inputDim: 5, outputDim: 3, maskZero: true }), ids);
        return [ids, put(tf.layers.lstm({ name: "reader", units: 3 }), masked)];
      },
      '"kept" \\(LSTM\\) keeps its state': () => {
        const input = tf.input({ batchShape: [2, 5, 4] });
        return [input, put(tf.layers.lstm({ name: "kept", units: 3, stateful: true }), input)];
      },
      '"inside" \\(GRU\\) has the activation mish inside': () => {
        const input = sequence();
        return [input, put(tf.layers.gru({ name: "inside", units: 3, activation: "mish" }), input)];
      },
      '"images" \\(ConvLSTM2D\\) is given sequences of a length that is not known': () => {
        const input = tf.input({ shape: [null, 6, 6, 2] });
        return [input, put(tf.layers.convLstm2d({ name: "images", filters: 2, kernelSize: 3 }), input)];
      },
      '"begun" \\(ConvLSTM2D\\) is given its first state': () => {
        const input = tf.input({ shape: [3, 6, 6, 2] });
        const numbers = put(tf.layers.dense({ units: 32 }), put(tf.layers.flatten(), input));
        const state = () => put(tf.layers.reshape({ targetShape: [4, 4, 2] }), numbers);
        const layer = tf.layers.convLstm2d({ name: "begun", filters: 2, kernelSize: 3, returnState: true });
        const [output = input] = layer.apply(input, { initialState: [state(), state()] }) as Tensor[];
        return [input, output];
      },
      '"masked" \\(Masking\\) has no form in ONNX': () => {
        const input = sequence();
        return [input, put(tf.layers.masking({ name: "masked" }), input)];
      },
      '"cut" \\(BatchNormalization\\) normalizes axis 2 of 4': () => {
        const input = tf.input({ shape: [3, 4, 5] });
        return [input, put(tf.layers.batchNormalization({ name: "cut", axis: 2 }), input)];
      },
    };
    for (const [message, make] of Object.entries(refused)) {
      it(message.replaceAll("\\", ""), () => {
        const [inputs, outputs] = make();
        return assert.rejects(encode(tf, tf.model({ inputs, outputs })), (error) => {
          assert.ok(error instanceof WhittleError && error.kind === "usage");
          assert.match(error.message, new RegExp(message));
          return true;
        });
      });
    }
  });
});
