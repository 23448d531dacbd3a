/**
 * A model as Keras 3 writes it, in the terms of Keras 2, which TensorFlow.js's deserializer understands. Everything is
 * checked on the way: what this gives can be built, or fails in TensorFlow.js only for shapes that do not fit.
 */
import { checkOrder, readCalls, readHistory, type TensorOf } from "./calls.ts";
import { checkDtype, readField } from "./fields.ts";
import {
  changesInTraining,
  NOISE_CLASSES,
  RECURRENT_CLASSES,
  translateConfig,
  translateInput,
} from "./layerClasses.ts";
import { isObject, type JsonObject, malformed, type Place, show, textOf, unsupported } from "./place.ts";
import { snakeCase, type WeightHolder } from "./weightNames.ts";

/** Models in models: no one nests deeper, and every level is a call of a function here and there. */
const DEEPEST = 20;

export interface TranslatedModel {
  /** `modelTopology` for `tf.models.modelFromJSON`. */
  readonly topology: JsonObject;
  /** The layers that have weights, or could have. */
  readonly holders: readonly WeightHolder[];
}

interface Translation {
  readonly file: string;
  readonly names: Set<string>;
  readonly holders: WeightHolder[];
}

interface Translated {
  readonly className: string;
  readonly config: JsonObject;
  readonly changesInTraining: boolean;
}

const isModel = (className: unknown): boolean => className === "Sequential" || className === "Functional";

/** The model of a topology: itself, or what stands below `model_config`. */
function modelOf(topology: JsonObject): JsonObject {
  return isObject(topology["model_config"]) ? topology["model_config"] : topology;
}

/** Whether Keras 3 wrote it: by its version, else by what Keras 2 and TensorFlow.js never write. */
export function isKeras3(topology: JsonObject): boolean {
  const version = topology["keras_version"];
  if (typeof version === "string" && /^\d+\./.test(version)) return Number.parseInt(version, 10) >= 3;
  const { config } = modelOf(topology);
  const layers = isObject(config) && Array.isArray(config["layers"]) ? config["layers"] : [];
  return layers.some(
    (layer) =>
      isObject(layer) &&
      isObject(layer["config"]) &&
      ("batch_shape" in layer["config"] || isObject(layer["config"]["dtype"])),
  );
}

/** Throws a WhittleError naming the file, the layer and what of it is not supported, or not what Keras writes. */
export function translateKeras3(file: string, topology: JsonObject): TranslatedModel {
  const translation: Translation = { file, names: new Set(), holders: [] };
  const model = modelOf(topology);
  if (!isModel(model["class_name"])) {
    throw unsupported({ file, what: "the model" }, `the class ${show(model["class_name"])}`, OWN_CLASS);
  }
  const { className, config } = translateLayer(translation, model, "", 0);
  return { topology: { class_name: className, config }, holders: translation.holders };
}

const OWN_CLASS = "Only Sequential and Functional models can be read; write others as a TypeScript or JavaScript file.";

/** Names of layers are the keys of weights, so they must differ in the whole model; those of models in it are in no key. */
function claimName(translation: Translation, entry: JsonObject, config: JsonObject): { name: string; place: Place } {
  const { file, names } = translation;
  const className = textOf(entry["class_name"]);
  const { name } = config;
  if (typeof name !== "string" || name === "" || name.includes("/") || name in {}) {
    throw malformed({ file, what: `a layer (${className})` }, `has the name ${show(name)}`);
  }
  const place = { file, what: `layer "${name}" (${className})` };
  if (names.has(name) && !isModel(className)) {
    throw unsupported(
      place,
      "the name of another layer",
      "Give each layer a name of its own and save the model again.",
    );
  }
  if (!isModel(className)) names.add(name);
  return { name, place };
}

/** `path` is where the saved weights of the layer lie, `layers/dense_1`; nothing for the whole model. */
function translateLayer(translation: Translation, entry: JsonObject, path: string, depth: number): Translated {
  const { file } = translation;
  const { class_name: className, config } = entry;
  if (typeof className !== "string" || !isObject(config)) {
    throw malformed({ file, what: "a layer" }, "lacks class_name or config");
  }
  const { name, place } = claimName(translation, entry, config);
  if (className === "InputLayer") {
    return { className, config: translateInput(config, place), changesInTraining: false };
  }
  if (isModel(className)) {
    if (depth > DEEPEST) throw unsupported(place, "too many models around it");
    const translate = className === "Sequential" ? translateSequential : translateFunctional;
    checkDtype(config["dtype"], place);
    return { className, ...translate(translation, config, place, path === "" ? "layers" : `${path}/layers`, depth) };
  }
  if (className === "Bidirectional" || className === "TimeDistributed") {
    return { className, ...translateWrapper(translation, className, config, place, path) };
  }
  const cell = RECURRENT_CLASSES.has(className) ? cellOf(className) : undefined;
  translation.holders.push({
    layer: name,
    path: cell === undefined ? path : `${path}/cell`,
    scope: cell === undefined ? name : `${name}/${cell}`,
  });
  return {
    className,
    config: translateConfig(className, config, place),
    changesInTraining: changesInTraining(className),
  };
}

/** What Keras calls the cell of a recurrent layer. */
const cellOf = (className: string): string => `${snakeCase(className)}_cell`;

/** The layers of a model, and for each where its weights are saved: by its class, counted among those of one model. */
function* layersOf(config: JsonObject, place: Place, path: string): Generator<{ layer: JsonObject; at: string }> {
  const { layers } = config;
  if (!Array.isArray(layers) || layers.length === 0) throw malformed(place, "has no layers");
  const seen = new Map<string, number>();
  for (const layer of layers) {
    if (!isObject(layer)) throw malformed(place, `has ${show(layer)} among its layers`);
    const base = snakeCase(textOf(layer["class_name"]));
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    yield { layer, at: `${path}/${base}${count === 0 ? "" : `_${count}`}` };
  }
}

type Rest = Omit<Translated, "className">;

function translateSequential(
  translation: Translation,
  config: JsonObject,
  place: Place,
  path: string,
  depth: number,
): Rest {
  const layers: JsonObject[] = [];
  let isChanging = false;
  for (const { layer, at } of layersOf(config, place, path)) {
    const translated = translateLayer(translation, layer, at, depth + 1);
    if (layers.length === 0 && !isModel(translated.className) && translated.className !== "InputLayer") {
      const remedy = "Begin it with keras.Input(shape) in Keras, or call it once on data, and save it again.";
      throw unsupported(place, "no input shape", remedy);
    }
    isChanging ||= translated.changesInTraining;
    layers.push({ class_name: translated.className, config: translated.config });
  }
  return { config: { name: config["name"], layers }, changesInTraining: isChanging };
}

function translateFunctional(
  translation: Translation,
  config: JsonObject,
  place: Place,
  path: string,
  depth: number,
): Rest {
  const found: { name: string; translated: Translated; calls: ReturnType<typeof readCalls> }[] = [];
  for (const { layer, at } of layersOf(config, place, path)) {
    const translated = isOperation(layer)
      ? translateOperation(translation, layer)
      : translateLayer(translation, layer, at, depth + 1);
    const name = textOf(translated.config["name"]);
    const rules = {
      // Layers that drop at random are called with training=False where nothing else is said.
      changesInTraining: translated.changesInTraining && !NOISE_CLASSES.has(translated.className),
      takesState: RECURRENT_CLASSES.has(translated.className),
    };
    const where = { file: place.file, what: `layer "${name}" (${translated.className})` };
    found.push({ name, translated, calls: readCalls(layer["inbound_nodes"], where, rules) });
  }
  checkOrder(new Map(found.map(({ name, calls }) => [name, calls])), place);
  const inner = new Set(found.flatMap(({ name, translated }) => (isModel(translated.className) ? [name] : [])));
  const functional = new Set(
    found.flatMap(({ name, translated }) => (translated.className === "Functional" ? [name] : [])),
  );
  // A model in a model counts the call that made itself as its first, as in Keras the ends of a model do for functional ones.
  const shift = ([layer, call, output]: TensorOf) => [layer, inner.has(layer) ? call + 1 : call, output];
  const made = new Map(found.map(({ name, calls }) => [name, Math.max(1, calls.length)]));
  const called = ([layer, call, output]: TensorOf): TensorOf => [
    layer,
    functional.has(layer) ? call - 1 : call,
    output,
  ];
  const ends = (field: string) => readEnds(config[field], place, field, { made, called }).map(shift);
  return {
    config: {
      name: config["name"],
      layers: found.map(({ name, translated, calls }) => ({
        name,
        class_name: translated.className,
        config: translated.config,
        inbound_nodes: calls.map((tensors) => tensors.map((tensor) => [...shift(tensor), {}])),
      })),
      input_layers: ends("input_layers"),
      output_layers: ends("output_layers"),
    },
    changesInTraining: found.some(({ translated }) => translated.changesInTraining),
  };
}

/**
 * Inputs or outputs: one tensor, a list of them, or an object with names for them, in the order of these names.
 * @param calls how often each layer is called, and which of its calls, counted from 0, an end means
 */
function readEnds(
  value: unknown,
  place: Place,
  field: string,
  { made, called }: { readonly made: ReadonlyMap<string, number>; readonly called: (tensor: TensorOf) => TensorOf },
): readonly TensorOf[] {
  const isOne = Array.isArray(value) && typeof value[0] === "string";
  const named = isObject(value)
    ? Object.keys(value)
        .sort()
        .map((key) => value[key])
    : value;
  const list = isOne ? [value] : named;
  if (!Array.isArray(list) || list.length === 0) throw malformed(place, `lacks ${field}`);
  return list.map((each) => {
    const tensor = called(readHistory(each, place));
    const [layer, call] = tensor;
    if (call < 0 || call >= (made.get(layer) ?? 0)) {
      throw malformed(place, `has in ${field} a tensor that it lacks: ${show(each)}`);
    }
    return tensor;
  });
}

/** `x + y` and the like: a function of keras.ops, which has neither dtype nor anything to train. */
function isOperation({ class_name: className, config }: JsonObject): boolean {
  return className !== "InputLayer" && isObject(config) && !("dtype" in config) && !("trainable" in config);
}

/** Functions of two tensors for which there are layers of the same name. */
const OPERATIONS: ReadonlySet<unknown> = new Set(["Add", "Multiply", "Maximum", "Minimum"]);

function translateOperation(translation: Translation, entry: JsonObject): Translated {
  const config = isObject(entry["config"]) ? entry["config"] : {};
  const { name, place } = claimName(translation, entry, config);
  const { class_name: className } = entry;
  if (className === "Gelu" && typeof config["approximate"] === "boolean") {
    const activation = config["approximate"] ? "gelu_new" : "gelu";
    return { className: "Activation", config: { name, activation }, changesInTraining: false };
  }
  if (typeof className !== "string" || !OPERATIONS.has(className)) {
    throw unsupported(place, `a function in place of a layer (keras.ops, or an operator on tensors)`);
  }
  return { className, config: { name }, changesInTraining: false };
}

/** The config of a layer inside a wrapper, which has a name that nobody else sees. */
function readWrapped(value: unknown, place: Place): { className: string; name: string; config: JsonObject } {
  if (!isObject(value) || typeof value["class_name"] !== "string" || !isObject(value["config"])) {
    throw malformed(place, "lacks the layer that it wraps");
  }
  const { class_name: className, config } = value;
  const { name } = config;
  if (typeof name !== "string") throw malformed(place, "wraps a layer without a name");
  if (isModel(className)) throw unsupported(place, "a model inside");
  return { className, name, config: translateConfig(className, config, place) };
}

function translateWrapper(
  { holders }: Translation,
  className: "Bidirectional" | "TimeDistributed",
  config: JsonObject,
  place: Place,
  path: string,
): Rest {
  checkDtype(config["dtype"], place);
  const name = textOf(config["name"]);
  const inner = readWrapped(config["layer"], place);
  const isRecurrent = RECURRENT_CLASSES.has(inner.className);
  if (isRecurrent !== (className === "Bidirectional")) throw unsupported(place, `${inner.className} inside`);
  const wrapped = { name, trainable: readField({ trainable: true, ...config }, "trainable", place) };
  if (className === "TimeDistributed") {
    holders.push({ layer: name, path: `${path}/layer`, scope: `${name}/${inner.name}` });
    return {
      config: { ...wrapped, layer: { class_name: inner.className, config: inner.config } },
      changesInTraining: changesInTraining(inner.className),
    };
  }
  const other = readWrapped(config["backward_layer"], place);
  if (!isMirror(inner, other)) throw unsupported(place, "a backward layer that is not the mirror of its forward layer");
  const mergeMode = readField(config, "merge_mode", place);
  // TensorFlow.js puts the direction before the name, as Keras has done already.
  const base = inner.name.replace(/^forward_/, "");
  for (const [direction, { name: own }] of [
    ["forward", inner],
    ["backward", other],
  ] as const) {
    holders.push({
      layer: `${name}/${direction}_${base}`,
      path: `${path}/${direction}_layer/cell`,
      scope: `${name}/${own}/${cellOf(inner.className)}`,
    });
  }
  const layerConfig = { ...inner.config, name: base };
  return {
    config: { ...wrapped, merge_mode: mergeMode, layer: { class_name: inner.className, config: layerConfig } },
    changesInTraining: false,
  };
}

function isMirror(one: ReturnType<typeof readWrapped>, other: ReturnType<typeof readWrapped>): boolean {
  const mirrored = { ...other.config, name: one.config["name"], go_backwards: other.config["go_backwards"] !== true };
  return (
    one.className === other.className &&
    JSON.stringify({ ...one.config, go_backwards: one.config["go_backwards"] === true }) === JSON.stringify(mirrored)
  );
}
