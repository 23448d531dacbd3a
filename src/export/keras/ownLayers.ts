/**
 * Layers of `whittle/layers` as layers of Keras that compute the same. What Keras has no layer for is put together: a learned
 * vector at each position is the bias of an EinsumDense whose kernel is all ones.
 */
import type * as Tf from "@tensorflow/tfjs";
import { ownName } from "../../layers/ownName.ts";
import type { JsonObject } from "../../models/keras3/place.ts";
import { type KerasLayer, type KerasWeight, refuse } from "./kerasLayer.ts";

type Layer = Tf.layers.Layer;

/** Tensors in, tensors out, each opaque here. */
export interface Calls<T> {
  /** Calls a layer. @param more arguments by name */
  readonly call: (layer: string, tensors: readonly T[], more?: JsonObject) => T;
  /** Lengths of the axes of a tensor, without the batch. */
  readonly lengths: (tensor: T) => readonly (number | null)[];
}

export interface OwnLayer {
  readonly layers: readonly KerasLayer[];
  readonly call: <T>(calls: Calls<T>, tensors: readonly T[]) => T;
}

/** By class name. `config` is as in a topology, `name` as it is to be in Keras. */
export const OWN_LAYERS: Readonly<Record<string, (layer: Layer, config: JsonObject, name: string) => OwnLayer>> = {
  MultiHeadAttention: multiHeadAttention,
  RmsNormalization: (layer, config, name) =>
    alone({
      ...keras("RMSNormalization", { name, trainable: layer.trainable, axis: -1, epsilon: config["epsilon"] }),
      weights: [weightOf(layer, "gamma", "scale")],
    }),
  GroupNormalization: (layer, config, name) =>
    alone({
      ...keras("GroupNormalization", {
        name,
        trainable: layer.trainable,
        groups: config["groups"],
        axis: -1,
        epsilon: config["epsilon"],
      }),
      weights: [weightOf(layer, "gamma", "gamma"), weightOf(layer, "beta", "beta")],
    }),
  // What it does in training, drawing a sample, is lost: the mean is what it gives otherwise.
  GaussianSampling: (_layer, _config, name) => ({
    layers: [{ ...keras("Identity", { name }), weights: [] }],
    call: (calls, tensors) => calls.call(name, tensors.slice(0, 1)),
  }),
  PositionEmbedding: (layer, _config, name) => {
    const { shape, values } = weightOf(layer, "positions", "");
    return alone(positions(layer, name, shape, values));
  },
  TokenEmbedding: tokenEmbedding,
};

const keras = <C extends JsonObject>(className: string, config: C) => ({ module: "keras.layers", className, config });

function alone(layer: KerasLayer): OwnLayer {
  return { layers: [layer], call: (calls, tensors) => calls.call(layer.config.name, tensors) };
}

/** @param name in TensorFlow.js @param kerasName in Keras */
function weightOf(layer: Layer, name: string, kerasName: string): KerasWeight {
  const weight = findWeight(layer, name);
  if (weight === undefined) throw new Error(`${layer.name} has no weight ${name}`);
  const tensor = weight.read();
  const values = Float32Array.from(tensor.dataSync());
  return { holder: "", scope: "", name: kerasName, shape: tensor.shape, values, isTrainable: layer.trainable };
}

const findWeight = (layer: Layer, name: string) => layer.weights.find((weight) => ownName(weight) === name);

/** Keras has an axis of heads, and one of each head's width, where we have both in one. */
function multiHeadAttention(layer: Layer, config: JsonObject, name: string): OwnLayer {
  const heads = Number(config["heads"]);
  const parts = ["query", "key", "value", "output"].flatMap((part) => {
    const isOutput = part === "output";
    // Keras does not tell the layers inside that this one is frozen.
    const place = { holder: `${part}_dense`, scope: part === "output" ? "attention_output" : part, isTrainable: true };
    const kernel = weightOf(layer, part, "kernel");
    const [from = 0, to = 0] = kernel.shape;
    const shape = isOutput ? [heads, from / heads, to] : [from, heads, to / heads];
    const bias = findWeight(layer, `${part}_bias`) && weightOf(layer, `${part}_bias`, "bias");
    return [
      { ...kernel, ...place, shape },
      ...(bias === undefined ? [] : [{ ...bias, ...place, shape: isOutput ? [to] : [heads, to / heads] }]),
    ];
  });
  const width = parts[0]?.shape[2] ?? 0;
  const settings = {
    name,
    trainable: layer.trainable,
    num_heads: heads,
    key_dim: width,
    value_dim: width,
    use_bias: config["use_bias"] ?? true,
  };
  const more = config["causal"] === true ? { use_causal_mask: true } : {};
  return {
    layers: [{ ...keras("MultiHeadAttention", settings), weights: parts }],
    call: (calls, [query, answers = query]) => {
      if (query === undefined || answers === undefined) throw new Error(`${name} is called on nothing`);
      return calls.call(name, [query, answers], more);
    },
  };
}

function positions(layer: Layer, name: string, shape: readonly number[], values: Float32Array): KerasLayer {
  const isTrainable = layer.trainable;
  const settings = {
    name,
    trainable: isTrainable,
    equation: "abc,bc->abc",
    output_shape: [...shape],
    bias_axes: "bc",
    kernel_initializer: { module: "keras.initializers", class_name: "Ones", config: {}, registered_name: null },
  };
  const own = { holder: "", scope: "", shape, isTrainable };
  const weights = [
    { ...own, name: "kernel", values: new Float32Array(values.length).fill(1) },
    { ...own, name: "bias", values },
  ];
  return { ...keras("EinsumDense", settings), weights };
}

/** Called on ids it embeds them and adds what belongs to their positions; called on features it gives logits. */
function tokenEmbedding(layer: Layer, config: JsonObject, name: string): OwnLayer {
  const [vocabulary, width] = [Number(config["vocabulary"]), Number(config["width"])];
  const settings = { name, trainable: layer.trainable, input_dim: vocabulary, output_dim: width };
  const tokens: KerasLayer = {
    ...keras("ReversibleEmbedding", settings),
    weights: [weightOf(layer, "tokens", "embeddings")],
  };
  const places = findWeight(layer, "positions") && weightOf(layer, "positions", "");
  const length = layer.inboundNodes[0]?.outputTensors[0]?.shape[1];
  if (places !== undefined && typeof length !== "number") {
    throw refuse(name, "TokenEmbedding", "positions for sequences of any length");
  }
  const added =
    places &&
    positions(layer, `${name}_positions`, [length ?? 0, width], places.values.slice(0, (length ?? 0) * width));
  return {
    layers: added === undefined ? [tokens] : [tokens, added],
    call: (calls, tensors) => {
      const [given] = tensors;
      if (given !== undefined && calls.lengths(given).length === 2) return calls.call(name, tensors, { reverse: true });
      const found = calls.call(name, tensors);
      return added === undefined ? found : calls.call(added.config.name, [found]);
    },
  };
}
