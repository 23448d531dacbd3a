/** Layers that TensorFlow.js and Keras have in common, those inside of wrappers included. */
import type * as Tf from "@tensorflow/tfjs";
import { ownName } from "../../layers/ownName.ts";
import { RECURRENT_CLASSES, writeConfig } from "../../models/keras3/layerClasses.ts";
import { isObject, type JsonObject, textOf } from "../../models/keras3/place.ts";
import { snakeCase } from "../../models/keras3/weightNames.ts";
import { type KerasLayer, type KerasWeight, refuse, serialize, within } from "./kerasLayer.ts";

type Layer = Tf.layers.Layer;
type Named = JsonObject & { readonly name: string };

/** Whether it is trained is said by the layer that it is of, which may be inside of another. */
type Weight = Omit<KerasWeight, "isTrainable">;

const MODULE = "keras.layers";
/**
 * TensorFlow.js's hard sigmoid is clip(0.2 x + 0.5), that of Keras 3 clip(x / 6 + 0.5): they are the same for weights so many times
 * as large.
 */
const HARD_SIGMOID_SCALE = 1.2;
/** Gates of a recurrent layer, in the order of its columns, that its recurrent activation is of. */
const GATES: Readonly<Record<string, readonly boolean[]>> = {
  LSTM: [true, true, false, true],
  GRU: [true, true, false],
};

/** @param config of the layer, as in a topology */
export function plainLayer(layer: Layer, config: JsonObject, name: string): KerasLayer {
  const className = layer.getClassName();
  const own = layer.weights.map(readWeight);
  if (className === "Bidirectional") return bidirectional(config, name, own);
  if (className === "TimeDistributed") return timeDistributed(config, name, own);
  return ownLayer(className, config, name, own);
}

function readWeight(weight: Layer["weights"][number]): Weight {
  const tensor = weight.read();
  const name = ownName(weight);
  return { holder: "", scope: "", name, shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) };
}

function ownLayer(className: string, config: JsonObject, name: string, given: readonly Weight[]): KerasLayer {
  const written = writeLayerConfig(className, config, name);
  // The mean and the variance that a normalization counts are not trained.
  const weights = given.map((weight) => ({
    ...weight,
    isTrainable: written["trainable"] === true && !weight.name.startsWith("moving_"),
  }));
  if (!RECURRENT_CLASSES.has(className)) return { module: MODULE, className, config: written, weights };
  const isHard = written["recurrent_activation"] === "hard_sigmoid";
  const gates = isHard ? (GATES[className] ?? []) : [];
  return {
    module: MODULE,
    className,
    config: written,
    weights: inCell(weights, gates, `${snakeCase(className)}_cell`),
  };
}

function writeLayerConfig(className: string, config: JsonObject, name: string): Named {
  const { recurrent_activation: recurrent, ...rest } = config;
  const isHard = recurrent === "hard_sigmoid" && className in GATES;
  const written = writeConfig(className, isHard ? rest : config, (thing) => refuse(name, className, thing));
  return {
    ...written,
    name,
    ...(isHard ? { recurrent_activation: recurrent } : {}),
    // Keras's own form of it, for the sake of cuDNN, is another function.
    ...(className === "GRU" ? { reset_after: false } : {}),
  };
}

/** @param gates for each column of gates whether it is to be scaled */
function inCell(weights: readonly KerasWeight[], gates: readonly boolean[], scope: string): readonly KerasWeight[] {
  return weights.map((weight) => {
    const columns = weight.shape.at(-1) ?? 1;
    const width = columns / gates.length;
    const values = weight.values.map((value, index) =>
      gates[Math.floor((index % columns) / width)] === true ? value * HARD_SIGMOID_SCALE : value,
    );
    return { ...weight, holder: "cell", scope, values };
  });
}

function insideOf(
  config: JsonObject,
  name: string,
  wrapper: string,
): { className: string; config: JsonObject; name: string } {
  const { layer } = config;
  if (!isObject(layer) || !isObject(layer["config"])) throw refuse(name, wrapper, "no layer inside");
  return { className: textOf(layer["class_name"]), config: layer["config"], name: nameFor(layer["config"]["name"]) };
}

function timeDistributed(config: JsonObject, name: string, weights: readonly Weight[]): KerasLayer {
  const inside = insideOf(config, name, "TimeDistributed");
  const layer = ownLayer(inside.className, inside.config, inside.name, weights);
  return {
    module: MODULE,
    className: "TimeDistributed",
    config: { name, trainable: config["trainable"] ?? true, layer: serialize(layer) },
    weights: layer.weights.map((weight) => within(weight, "layer", inside.name)),
  };
}

/** The weights of the forward layer come first. */
function bidirectional(config: JsonObject, name: string, weights: readonly Weight[]): KerasLayer {
  const inside = insideOf(config, name, "Bidirectional");
  const base = inside.name.replace(/^forward_/, "");
  const half = weights.length / 2;
  const layers = (["forward", "backward"] as const).map((direction, index) => {
    const goesBack = (inside.config["go_backwards"] === true) !== (direction === "backward");
    const own = { ...inside.config, go_backwards: goesBack };
    const part = weights.slice(index * half, (index + 1) * half);
    return { direction, layer: ownLayer(inside.className, own, `${direction}_${base}`, part) };
  });
  const [forward, backward] = layers.map(({ layer }) => serialize(layer));
  return {
    module: MODULE,
    className: "Bidirectional",
    config: {
      name,
      trainable: config["trainable"] ?? true,
      merge_mode: config["merge_mode"] ?? null,
      layer: forward,
      backward_layer: backward,
    },
    weights: layers.flatMap(({ direction, layer }) =>
      layer.weights.map((weight) => within(weight, `${direction}_layer`, layer.config.name)),
    ),
  };
}

/** Keras's names have no slash. */
export const nameFor = (name: unknown): string => textOf(name).replaceAll("/", "_");
