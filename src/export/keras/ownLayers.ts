/**
 * Layers of `whittle/layers` as layers of Keras that compute the same. What Keras has no layer for is put together of several
 * (positions.ts), or of operations, which a functional model of Keras may have between its layers.
 */
import { findWeight } from "../../layers/ownName.ts";
import type { JsonObject } from "../../models/keras3/place.ts";
import type { KerasLayer, KerasWeight } from "./kerasLayer.ts";
import { alone, type Calls, keras, type Layer, type OwnLayer, operation } from "./ownLayer.ts";
import { positions } from "./positions.ts";

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
  PositionEmbedding: (layer, _config, name) => positions(layer, name, weightOf(layer, "positions", "")),
  TokenEmbedding: tokenEmbedding,
};

/** @param name in TensorFlow.js @param kerasName in Keras */
function weightOf(layer: Layer, name: string, kerasName: string): KerasWeight {
  const weight = findWeight(layer, name);
  if (weight === undefined) throw new Error(`${layer.name} has no weight ${name}`);
  const tensor = weight.read();
  const values = Float32Array.from(tensor.dataSync());
  return { holder: "", scope: "", name: kerasName, shape: tensor.shape, values, isTrainable: layer.trainable };
}

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
  const seen = operation("NotEqual", `${name}_seen`);
  return {
    layers: [{ ...keras("MultiHeadAttention", settings), weights: parts }, seen],
    call: (calls, tensors) => {
      const isIds = isIdsIn(calls);
      const [query, answers = query] = tensors.filter((tensor) => !isIds(tensor));
      if (query === undefined || answers === undefined) throw new Error(`${name} is called on nothing`);
      const masks = tensors.filter(isIds).map((ids) => {
        return calls.call(seen.config.name, [ids], { x2: 0 }, { shape: calls.shapeOf(ids), dtype: "bool" });
      });
      return calls.call(name, [query, answers, ...masks], more);
    },
  };
}

/** Ids have a batch and positions. */
const isIdsIn =
  <T>({ shapeOf }: Calls<T>) =>
  (tensor: T): boolean =>
    shapeOf(tensor).length === 2;

/** Called on ids it embeds them and adds what belongs to their positions; called on features it gives logits. */
function tokenEmbedding(layer: Layer, config: JsonObject, name: string): OwnLayer {
  const [vocabulary, width] = [Number(config["vocabulary"]), Number(config["width"])];
  const settings = { name, trainable: layer.trainable, input_dim: vocabulary, output_dim: width };
  const tokens: KerasLayer = {
    ...keras("ReversibleEmbedding", settings),
    weights: [weightOf(layer, "tokens", "embeddings")],
  };
  const places = findWeight(layer, "positions") && weightOf(layer, "positions", "");
  const added = places && positions(layer, `${name}_positions`, places);
  return {
    layers: [tokens, ...(added?.layers ?? [])],
    call: (calls, tensors) => {
      if (!tensors.every(isIdsIn(calls))) return calls.call(name, tensors, { reverse: true });
      const found = calls.call(name, tensors);
      return added === undefined ? found : added.call(calls, [found]);
    },
  };
}
