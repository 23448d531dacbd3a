/**
 * A model of TensorFlow.js as a model of Keras 3: its layers and how they are called, from the outputs back to the inputs, so that
 * what no output needs is left out.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { RECURRENT_CLASSES } from "../../models/keras3/layerClasses.ts";
import { isObject, type JsonObject } from "../../models/keras3/place.ts";
import { snakeCase } from "../../models/keras3/weightNames.ts";
import { usageError } from "../../protocol/errors.ts";
import { type KerasLayer, type KerasModel, type KerasWeight, serialize, within } from "./kerasLayer.ts";
import { type Call, type CallKey, kerasOrder } from "./order.ts";
import type { Made } from "./ownLayer.ts";
import { OWN_LAYERS } from "./ownLayers.ts";
import { nameFor, plainLayer } from "./plainLayer.ts";

type Layer = Tf.layers.Layer;
type Symbolic = Tf.SymbolicTensor;

/** A tensor between layers, as Keras names it. */
interface Tensor extends Made {
  readonly layer: string;
  /** Of the layer, counted from 0. */
  readonly call: number;
  readonly output: number;
}

interface CallOf {
  readonly tensors: readonly Tensor[];
  readonly more: JsonObject;
}

const MERGING: ReadonlySet<string> = new Set("Add Average Maximum Minimum Multiply Concatenate Dot".split(" "));
const MODEL_CLASSES: ReadonlySet<string> = new Set(["Functional", "Sequential"]);

/**
 * @param config of the model, as in its topology
 * @throws WhittleError (usage) naming the layer that Keras has no equal of
 */
export function kerasModel(tf: TF, model: Tf.LayersModel, config: JsonObject, name = nameFor(model.name)): KerasModel {
  const graph = new Graph(tf, configsOf(config));
  const inputs = model.inputs.map((tensor) => graph.convert(tensor));
  const outputs = model.outputs.map((tensor) => graph.convert(tensor));
  const layers = graph.inOrder(outputs);
  const chain = model instanceof tf.Sequential ? graph.asChain(layers, inputs, outputs) : undefined;
  const head = { name, trainable: model.trainable };
  const entries = graph.entries(layers, inputs);
  return {
    ...(chain === undefined
      ? {
          module: "keras.src.models.functional",
          className: "Functional",
          config: { ...head, ...entries, ...graph.ends(inputs, outputs) },
        }
      : { module: "keras", className: "Sequential", config: { ...head, layers: chain } }),
    layers,
    weights: placed(layers),
  };
}

/** Where the weights of each layer lie in a .keras file: by its class, counted. */
function placed(layers: readonly KerasLayer[]): readonly KerasWeight[] {
  const seen = new Map<string, number>();
  return layers.flatMap((layer) => {
    const base = snakeCase(layer.className);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    const place = `layers/${base}${count === 0 ? "" : `_${count}`}`;
    return layer.weights.map((weight) => within(weight, place, layer.config.name));
  });
}

function configsOf(config: JsonObject): ReadonlyMap<string, JsonObject> {
  const list = Array.isArray(config["layers"]) ? config["layers"].filter(isObject) : [];
  const own = list.map((entry) => (isObject(entry["config"]) ? entry["config"] : {}));
  return new Map(own.map((each) => [String(each["name"]), each]));
}

class Graph {
  private readonly layers = new Map<string, KerasLayer>();
  private readonly calls = new Map<string, CallOf[]>();
  /** What calls a layer of TensorFlow.js, by its name. */
  private readonly callers = new Map<string, (tensors: readonly Tensor[], made: Made) => Tensor>();
  private readonly made = new Map<string, readonly Tensor[]>();

  constructor(
    private readonly tf: TF,
    private readonly configs: ReadonlyMap<string, JsonObject>,
  ) {}

  convert(tensor: Symbolic): Tensor {
    const { sourceLayer: layer, nodeIndex, tensorIndex } = tensor;
    const key = `${layer.name}:${nodeIndex}`;
    const outputs = this.made.get(key) ?? this.convertCall(layer, nodeIndex);
    this.made.set(key, outputs);
    const output = outputs[tensorIndex];
    if (output === undefined) throw new Error(`${layer.name} has no output ${tensorIndex}`);
    return output;
  }

  private convertCall(layer: Layer, nodeIndex: number): readonly Tensor[] {
    const node = layer.inboundNodes[nodeIndex];
    if (node === undefined) throw new Error(`${layer.name} has no call ${nodeIndex}`);
    const tensors =
      node.inputTensors.length > 0 && node.inboundLayers.length > 0
        ? node.inputTensors.map((each) => this.convert(each))
        : [];
    const made = node.outputTensors.map(({ shape, dtype }) => ({ shape, dtype }));
    const [first = { shape: [], dtype: "float32" }] = made;
    const caller = this.callers.get(layer.name) ?? this.convertLayer(layer);
    this.callers.set(layer.name, caller);
    const output = caller(tensors, first);
    return made.map((each, index) => ({ ...output, ...each, output: index }));
  }

  private convertLayer(layer: Layer): (tensors: readonly Tensor[], made: Made) => Tensor {
    const name = nameFor(layer.name);
    const config = this.configs.get(layer.name) ?? {};
    if (layer instanceof this.tf.LayersModel) {
      this.add(kerasModel(this.tf, layer, config, name));
      return (tensors, made) => this.call(name, tensors, {}, made);
    }
    const className = layer.getClassName();
    if (className === "InputLayer") {
      this.add(inputLayer(layer, name));
      this.calls.set(name, []);
      return (_, made) => ({ layer: name, call: 0, output: 0, ...made });
    }
    const own = OWN_LAYERS[className]?.(layer, config, name);
    if (own !== undefined) {
      for (const each of own.layers) this.add(each);
      return (tensors, made) =>
        own.call(
          {
            call: (of, given, more = {}, own = made) => this.call(of, given, more, own),
            shapeOf: ({ shape }) => shape,
          },
          tensors,
        );
    }
    if (config["activation"] === APPROXIMATE_GELU) {
      const activation = approximateGelu(`${name}_gelu`);
      this.add(plainLayer(layer, { ...config, activation: "linear" }, name));
      this.add(activation);
      return (tensors, made) => this.call(activation.config.name, [this.call(name, tensors, {}, made)], {}, made);
    }
    this.add(plainLayer(layer, config, name));
    return (tensors, made) => this.call(name, tensors, {}, made);
  }

  private add(layer: KerasLayer): void {
    const { name } = layer.config;
    if (this.layers.has(name)) {
      throw usageError(`Two layers would be called "${name}" in Keras.`, "Give one of them another name in the model.");
    }
    this.layers.set(name, layer);
  }

  private call(layer: string, tensors: readonly Tensor[], more: JsonObject, made: Made): Tensor {
    const calls = this.calls.get(layer) ?? [];
    this.calls.set(layer, [...calls, { tensors, more }]);
    return { layer, call: calls.length, output: 0, ...made };
  }

  /** All layers that the outputs need, as Keras sorts them. */
  inOrder(outputs: readonly Tensor[]): readonly KerasLayer[] {
    const keyOf = ({ layer, call }: Tensor): CallKey => `${layer}:${call}`;
    const calls = new Map<CallKey, Call>();
    for (const [layer, list] of this.calls) {
      if (list.length === 0) calls.set(`${layer}:0`, { layer, from: [] });
      for (const [index, { tensors }] of list.entries()) {
        calls.set(`${layer}:${index}`, { layer, from: tensors.map(keyOf) });
      }
    }
    return kerasOrder(calls, outputs.map(keyOf)).flatMap((name) => this.layers.get(name) ?? []);
  }

  /** The layers of a functional model with their calls; inputs that no output needs are among them. */
  entries(layers: readonly KerasLayer[], inputs: readonly Tensor[]): JsonObject {
    const unused = inputs
      .flatMap(({ layer }) => this.layers.get(layer) ?? [])
      .filter((layer) => !layers.includes(layer));
    return {
      layers: [...unused, ...layers].map((layer) => ({
        ...serialize(layer),
        name: layer.config.name,
        inbound_nodes: (this.calls.get(layer.config.name) ?? []).map((call) => writeCall(layer, call)),
      })),
    };
  }

  ends(inputs: readonly Tensor[], outputs: readonly Tensor[]): JsonObject {
    // A functional model counts the call that made itself as its first, here and nowhere else.
    const write = ({ layer, call, output }: Tensor) => [
      layer,
      this.layers.get(layer)?.className === "Functional" ? call + 1 : call,
      output,
    ];
    const all = (tensors: readonly Tensor[]) => (tensors.length === 1 ? tensors.flatMap(write) : tensors.map(write));
    return { input_layers: all(inputs), output_layers: all(outputs) };
  }

  /** The layers of a sequential model; undefined where something is called in another way than one layer after the other. */
  asChain(
    layers: readonly KerasLayer[],
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
  ): readonly JsonObject[] | undefined {
    const isNext = (layer: KerasLayer, index: number): boolean => {
      const calls = this.calls.get(layer.config.name) ?? [];
      if (index === 0) return calls.length === 0;
      const [only, ...more] = calls;
      const [tensor, ...others] = only?.tensors ?? [];
      return (
        more.length === 0 &&
        others.length === 0 &&
        Object.keys(only?.more ?? {}).length === 0 &&
        tensor?.layer === layers[index - 1]?.config.name &&
        tensor?.output === 0
      );
    };
    const isChain = inputs.length === 1 && outputs.length === 1 && outputs[0]?.output === 0 && layers.every(isNext);
    return isChain ? layers.map(serialize) : undefined;
  }
}

/** By the hyperbolic tangent. Keras has it as a function, not as the name of an activation. */
const APPROXIMATE_GELU = "gelu_new";

const approximateGelu = (name: string): KerasLayer => ({
  module: "keras.src.ops.nn",
  className: "Gelu",
  config: { name, approximate: true },
  weights: [],
});

function inputLayer(layer: Layer, name: string): KerasLayer {
  const [shape] = [layer.batchInputShape ?? []];
  const { dtype } = layer;
  return {
    module: "keras.layers",
    className: "InputLayer",
    config: { name, batch_shape: [...shape], dtype, sparse: false },
    weights: [],
  };
}

/** The tensors in the way in which a layer of this class takes them. */
function writeCall({ className }: KerasLayer, { tensors, more }: CallOf): JsonObject {
  const all = tensors.map(writeTensor);
  const inner = MODEL_CLASSES.has(className) && all.length > 1;
  if (MERGING.has(className) || inner) return { args: [all], kwargs: more };
  if (className === "MultiHeadAttention") {
    const [query, value, mask] = all;
    return { args: [query, value], kwargs: mask === undefined ? more : { ...more, value_mask: mask } };
  }
  const takesState = RECURRENT_CLASSES.has(className) || className === "Bidirectional";
  if (!takesState || all.length === 1) return { args: all, kwargs: more };
  return { args: all.slice(0, 1), kwargs: { ...more, initial_state: all.slice(1) } };
}

function writeTensor({ layer, call, output, shape, dtype }: Tensor): JsonObject {
  return { class_name: "__keras_tensor__", config: { shape: [...shape], dtype, keras_history: [layer, call, output] } };
}
