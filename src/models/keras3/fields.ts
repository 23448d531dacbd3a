/**
 * Fields of a Keras 3 layer's config, each read as what it means and given as TensorFlow.js's deserializer wants it.
 * One field means the same in all classes that have it.
 */
import { isObject, type JsonObject, malformed, type Place, show, textOf, unsupported } from "./place.ts";

/** Gives the field for TensorFlow.js, `undefined` if the value is no such thing; throws where it cannot be supported. */
type Read = (value: unknown, place: Place, field: string) => unknown;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isNumber);

const accept =
  (test: (value: unknown) => boolean): Read =>
  (value) =>
    test(value) ? value : undefined;
/** One of Keras's words of which TensorFlow.js knows, or computes the same for, only some. */
const word =
  (...known: readonly unknown[]): Read =>
  (value, place, field) => {
    if (known.includes(value)) return value;
    if (value === null || typeof value === "string") throw unsupported(place, `${field} = ${show(value)}`);
    return undefined;
  };

const count = accept(isCount);
const counts = accept((value) => isCount(value) || (Array.isArray(value) && value.length > 0 && value.every(isCount)));
const whole = accept((value) => [value].flat().every(Number.isSafeInteger) && (isNumber(value) || isNumbers(value)));
const flag = accept((value) => typeof value === "boolean");
const convPadding = word("valid", "same");
const number = accept(isNumber);
const fraction = accept((value) => isNumber(value) && value >= 0 && value < 1);

/** Keras's name → that of TensorFlow.js. The others differ in values (`hard_sigmoid`) or do not exist there. */
const ACTIVATIONS: ReadonlyMap<unknown, string> = new Map([
  ...["elu", "gelu", "linear", "mish", "relu", "relu6", "selu", "sigmoid", "softmax", "softplus", "softsign"].map(
    (name) => [name, name] as const,
  ),
  ["tanh", "tanh"],
  ["log_softmax", "logSoftmax"],
  ["silu", "swish"],
  ["swish", "swish"],
]);

const activation: Read = (value, place, field) => {
  const name = ACTIVATIONS.get(value ?? "linear");
  if (name === undefined) throw unsupported(place, `${field} = ${show(value)}`);
  return name;
};

/** Class in Keras 3 → class in TensorFlow.js, and which of its arguments go with it. Seeds do not: a run has its own. */
const INITIALIZERS: ReadonlyMap<unknown, readonly [string, ...string[]]> = new Map<unknown, [string, ...string[]]>([
  ["Zeros", ["Zeros"]],
  ["Ones", ["Ones"]],
  ["Constant", ["Constant", "value"]],
  ["RandomNormal", ["RandomNormal", "mean", "stddev"]],
  ["RandomUniform", ["RandomUniform", "minval", "maxval"]],
  ["TruncatedNormal", ["TruncatedNormal", "mean", "stddev"]],
  ["VarianceScaling", ["VarianceScaling", "scale", "mode", "distribution"]],
  ["GlorotNormal", ["GlorotNormal"]],
  ["GlorotUniform", ["GlorotUniform"]],
  ["HeNormal", ["HeNormal"]],
  ["HeUniform", ["HeUniform"]],
  ["LecunNormal", ["LeCunNormal"]],
  ["LecunUniform", ["LeCunUniform"]],
  ["Orthogonal", ["Orthogonal", "gain"]],
  ["OrthogonalInitializer", ["Orthogonal", "gain"]],
  ["Identity", ["Identity", "gain"]],
  ["IdentityInitializer", ["Identity", "gain"]],
]);
const CONSTRAINTS: typeof INITIALIZERS = new Map<unknown, [string, ...string[]]>([
  ["MaxNorm", ["MaxNorm", "max_value", "axis"]],
  ["MinMaxNorm", ["MinMaxNorm", "min_value", "max_value", "rate", "axis"]],
  ["NonNeg", ["NonNeg"]],
  ["UnitNorm", ["UnitNorm", "axis"]],
]);

/** An object that Keras serialized with its class, one of `classes`. */
function serialized(value: unknown, classes: typeof INITIALIZERS, place: Place, field: string): unknown {
  if (!isObject(value)) return undefined;
  const known = classes.get(value["class_name"]);
  if (known === undefined) throw unsupported(place, `${field} = ${show(value)}`);
  const [className, ...names] = known;
  const given = value["config"] ?? {};
  if (!isObject(given)) return undefined;
  const config: Record<string, unknown> = {};
  for (const name of names) {
    const argument = given[name];
    if (argument === undefined || argument === null) continue;
    // mode and distribution of VarianceScaling are words.
    if (!isNumber(argument) && !isNumbers(argument) && typeof argument !== "string") return undefined;
    config[name] = argument;
  }
  return { class_name: className, config };
}

const initializer: Read = (value, place, field) => serialized(value, INITIALIZERS, place, field);
const constraint: Read = (value, place, field) =>
  value === null ? null : serialized(value, CONSTRAINTS, place, field);

/** TensorFlow.js has one class for all, which takes 0.01 for what it is not given. */
const regularizer: Read = (value, place, field) => {
  if (value === null) return null;
  if (!isObject(value) || !isObject(value["config"])) return undefined;
  if (!["L1", "L2", "L1L2"].includes(textOf(value["class_name"]))) {
    throw unsupported(place, `${field} = ${show(value)}`);
  }
  const { l1 = 0, l2 = 0 } = value["config"];
  return isNumber(l1) && isNumber(l2) ? { class_name: "L1L2", config: { l1, l2 } } : undefined;
};

const FIELDS: Readonly<Record<string, Read>> = {
  units: count,
  filters: count,
  input_dim: count,
  output_dim: count,
  n: count,
  depth_multiplier: count,
  kernel_size: counts,
  pool_size: counts,
  strides: counts,
  dilation_rate: counts,
  size: counts,
  dims: counts,
  target_shape: accept((value) => Array.isArray(value) && value.every((each) => isCount(each) || each === -1)),
  axis: whole,
  axes: whole,
  shared_axes: accept((value) => value === null || isNumbers(value)),
  // Of a convolution a word, of ZeroPadding2D how many before and after, on each axis.
  padding: (value, ...where) => (isMargins(value) ? value : convPadding(value, ...where)),
  cropping: accept(isMargins),
  data_format: word("channels_last"),
  // Bilinear takes the corners of pixels there, their centres in Keras.
  interpolation: word("nearest"),
  merge_mode: word("concat", "sum", "mul", "ave"),
  rate: fraction,
  dropout: fraction,
  recurrent_dropout: fraction,
  momentum: number,
  epsilon: number,
  stddev: number,
  mask_value: number,
  offset: number,
  negative_slope: number,
  max_value: accept((value) => value === null || isNumber(value)),
  // Whether BatchNormalization has one; the factor of Rescaling.
  scale: accept((value) => typeof value === "boolean" || isNumber(value)),
  center: flag,
  use_bias: flag,
  unit_forget_bias: flag,
  return_sequences: flag,
  return_state: flag,
  go_backwards: flag,
  normalize: flag,
  trainable: flag,
  activation,
  recurrent_activation: activation,
};

function isMargins(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((pair) => isNumbers(pair));
}

function readerOf(field: string): Read | undefined {
  if (field.endsWith("_initializer")) return initializer;
  if (field.endsWith("_regularizer")) return regularizer;
  if (field.endsWith("_constraint")) return constraint;
  return FIELDS[field];
}

/** What `field` of a layer's config is for TensorFlow.js. Throws a WhittleError where it cannot be that. */
export function readField(config: JsonObject, field: string, place: Place): unknown {
  const value = config[field];
  const read = readerOf(field)?.(value, place, field);
  if (read !== undefined) return read;
  throw malformed(place, `has ${field} = ${show(value)}, which Keras does not write`);
}

const KERAS_NAMES = (classes: typeof INITIALIZERS): ReadonlyMap<unknown, string> =>
  new Map([...classes].reverse().map(([keras, [own]]) => [own, String(keras)]));
const WRITTEN = { initializers: KERAS_NAMES(INITIALIZERS), constraints: KERAS_NAMES(CONSTRAINTS) } as const;

/**
 * The other way: what a field of a layer's config, as TensorFlow.js writes it in a topology, is for Keras 3.
 * @returns undefined where Keras has no such thing
 */
export function writeField(field: string, value: unknown): unknown {
  const [, kind] = /_(initializer|constraint|regularizer)$/.exec(field) ?? [];
  if (kind !== undefined) return value === null ? null : writeObject(`${kind}s` as ObjectKind, value);
  if (!field.endsWith("activation")) return readerOf(field) === undefined ? undefined : value;
  if (value === "swish") return "silu";
  return ACTIVATIONS.has(value) ? value : undefined;
}

type ObjectKind = "initializers" | "constraints" | "regularizers";

function writeObject(kind: ObjectKind, value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const name = kind === "regularizers" ? value["class_name"] : WRITTEN[kind].get(value["class_name"]);
  const config = isObject(value["config"]) ? value["config"] : {};
  return typeof name === "string"
    ? { module: `keras.${kind}`, class_name: name, config, registered_name: null }
    : undefined;
}

/** Keras's dtype policies whose weights are float32, as all numbers here are. */
const FLOAT32: ReadonlySet<unknown> = new Set(["float32", "mixed_float16", "mixed_bfloat16"]);

/** A dtype is a name, or a policy that has one. */
export function checkDtype(dtype: unknown, place: Place): void {
  const name = isObject(dtype) && isObject(dtype["config"]) ? dtype["config"]["name"] : dtype;
  const isPolicy = !isObject(dtype) || dtype["class_name"] === "DTypePolicy";
  if (dtype === undefined || (isPolicy && FLOAT32.has(name))) return;
  throw unsupported(place, `dtype ${show(name)}`, 'Use the dtype policy "float32" in Keras and save the model again.');
}
