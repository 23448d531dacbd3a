import type * as Tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { startEngine } from "../../../../src/engine/start.ts";
import type { TF } from "../../../../src/engine/types.ts";
import { compareInOnnxRuntime } from "./compare.ts";

/**
 * Each step takes tensors that are there, by numbers modulo how many there are, and adds one; what it cannot take it leaves. All
 * images have the same channels, so that any two of one size can be added.
 */
const STEPS = [
  "convolution",
  "strided",
  "shared",
  "pointwise",
  "normalization",
  "activation",
  "pooling",
  "average",
  "upSampling",
  "add",
  "multiply",
  "concatenate",
  "nested",
  "dense",
  "depthwise",
  "permute",
] as const;

const stepArbitrary = fc.record({ kind: fc.constantFrom(...STEPS), from: fc.nat(20), other: fc.nat(20) });

interface Step {
  readonly kind: (typeof STEPS)[number];
  readonly from: number;
  readonly other: number;
}

const CHANNELS = 3;
const ACTIVATIONS = ["softplus", "tanh", "sigmoid", "elu", "softmax", "swish"] as const;

describe("random graphs of layers give the same in onnxruntime", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await startEngine("cpu"));
  });

  const put = (layer: Tf.layers.Layer, ...inputs: Tf.SymbolicTensor[]): Tf.SymbolicTensor =>
    layer.apply(inputs.length === 1 && inputs[0] ? inputs[0] : inputs) as Tf.SymbolicTensor;

  const build = (steps: readonly Step[], ends: readonly number[]): Tf.LayersModel => {
    const input = tf.input({ shape: [6, 6, CHANNELS] });
    const tensors = [input];
    const convolved = (settings: object = {}) =>
      tf.layers.conv2d({ filters: CHANNELS, kernelSize: 3, padding: "same", ...settings });
    const shared = convolved({ activation: "tanh" });
    const inside = tf.input({ shape: [null, null, CHANNELS] });
    const nested = tf.model({
      inputs: inside,
      outputs: put(tf.layers.add(), inside, put(convolved(), put(tf.layers.reLU(), inside))),
    });
    const pick = (at: number): Tf.SymbolicTensor => tensors[at % tensors.length] ?? input;
    for (const { kind, from, other } of steps) {
      const x = pick(from);
      const [, height = 1, width = 1] = x.shape;
      // Not itself: TensorFlow.js disposes of a tensor too early that a layer is given twice.
      const alike = tensors.filter((each) => each !== x && each.shape[1] === height && each.shape[2] === width);
      const y = alike[other % alike.length] ?? put(tf.layers.reLU(), x);
      const isLarge = Math.min(height ?? 1, width ?? 1) >= 2;
      const activation = ACTIVATIONS[other % ACTIVATIONS.length] ?? "tanh";
      const make: Readonly<Record<Step["kind"], () => Tf.SymbolicTensor>> = {
        convolution: () => put(convolved({ activation }), x),
        strided: () => put(convolved({ strides: 2, useBias: false }), x),
        shared: () => put(shared, x),
        pointwise: () => put(convolved({ kernelSize: 1 }), x),
        normalization: () => put(tf.layers.batchNormalization(), x),
        activation: () => put(tf.layers.activation({ activation }), x),
        pooling: () => (isLarge ? put(tf.layers.maxPooling2d({ poolSize: 2, strides: 1 }), x) : x),
        average: () => put(tf.layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }), x),
        upSampling: () =>
          Math.max(height ?? 1, width ?? 1) < 8 ? put(tf.layers.upSampling2d({ size: [2, 2] }), x) : x,
        add: () => put(tf.layers.add(), x, y),
        multiply: () => put(tf.layers.multiply(), x, put(tf.layers.activation({ activation: "sigmoid" }), y)),
        concatenate: () => put(convolved(), put(tf.layers.concatenate({ axis: -1 }), x, y)),
        nested: () => put(nested, x),
        dense: () => put(tf.layers.dense({ units: CHANNELS, activation }), x),
        depthwise: () => put(tf.layers.depthwiseConv2d({ kernelSize: 2, padding: "same" }), x),
        permute: () => put(tf.layers.permute({ dims: [2, 1, 3] }), x),
      };
      tensors.push(make[kind]());
    }
    const flat = (x: Tf.SymbolicTensor) => put(tf.layers.dense({ units: 2 }), put(tf.layers.flatten(), x));
    const outputs = ends.map((at, index) =>
      index % 2 === 0 ? pick(tensors.length - 1 - (at % tensors.length)) : flat(pick(at)),
    );
    return tf.model({ inputs: input, outputs: [...new Set(outputs)] });
  };

  it("with branches, residuals, concatenations, shared layers and models in models", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stepArbitrary, { minLength: 1, maxLength: 14 }),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
        (steps, ends) => compareInOnnxRuntime(tf, build(steps, ends), { scale: 1 }),
      ),
      { numRuns: 150 },
    );
  });
});
