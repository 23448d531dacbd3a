/**
 * The layer classes of Keras 3 that TensorFlow.js computes in the same way, and which fields of a config it is given.
 * What stands in none of the lists below must be off, or the layer is refused: better no model than another one.
 */
import { checkDtype, readField, writeField } from "./fields.ts";
import { isObject, type JsonObject, malformed, type Place, show, unsupported } from "./place.ts";

const weight = (name: string): string => `${name}_initializer ${name}_regularizer ${name}_constraint`;
const CONV = `kernel_size! strides padding data_format activation use_bias ${weight("bias")}`;
const POOL = "pool_size! strides padding";
const RECURRENT =
  "units! activation use_bias return_sequences return_state go_backwards dropout recurrent_dropout " +
  `${weight("kernel")} ${weight("recurrent")} ${weight("bias")}`;

/** Names of the fields to carry over; `!` marks those that a layer cannot do without. */
const CLASSES: Readonly<Record<string, string>> = {
  Dense: `units! activation use_bias ${weight("kernel")} ${weight("bias")}`,
  Conv1D: `filters! dilation_rate ${CONV} ${weight("kernel")}`,
  Conv2D: `filters! dilation_rate ${CONV} ${weight("kernel")}`,
  Conv3D: `filters! dilation_rate ${CONV} ${weight("kernel")}`,
  Conv2DTranspose: `filters! ${CONV} ${weight("kernel")}`,
  DepthwiseConv2D: `depth_multiplier ${CONV} ${weight("depthwise")}`,
  SeparableConv2D: `filters! depth_multiplier dilation_rate ${CONV} ${weight("depthwise")} ${weight("pointwise")}`,
  BatchNormalization:
    `axis momentum epsilon center scale ${weight("beta")} ${weight("gamma")} ` +
    "moving_mean_initializer moving_variance_initializer",
  LayerNormalization: "axis epsilon center scale beta_initializer beta_regularizer gamma_initializer gamma_regularizer",
  Embedding: `input_dim! output_dim! ${weight("embeddings")}`,
  LSTM: `${RECURRENT} recurrent_activation! unit_forget_bias`,
  GRU: `${RECURRENT} recurrent_activation!`,
  SimpleRNN: RECURRENT,
  MaxPooling1D: POOL,
  AveragePooling1D: POOL,
  MaxPooling2D: `${POOL} data_format`,
  AveragePooling2D: `${POOL} data_format`,
  MaxPooling3D: `${POOL} data_format`,
  AveragePooling3D: `${POOL} data_format`,
  GlobalMaxPooling1D: "",
  GlobalAveragePooling1D: "",
  GlobalMaxPooling2D: "data_format",
  GlobalAveragePooling2D: "data_format",
  Flatten: "data_format",
  Reshape: "target_shape!",
  Permute: "dims!",
  RepeatVector: "n!",
  ZeroPadding2D: "padding! data_format",
  Cropping2D: "cropping! data_format",
  UpSampling2D: "size! data_format interpolation",
  Rescaling: "scale! offset",
  Dropout: "rate!",
  SpatialDropout1D: "rate!",
  GaussianNoise: "stddev!",
  GaussianDropout: "rate!",
  AlphaDropout: "rate!",
  Activation: "activation!",
  ReLU: "max_value",
  LeakyReLU: "negative_slope",
  PReLU: `shared_axes ${weight("alpha")}`,
  ELU: "",
  Softmax: "axis",
  Add: "",
  Average: "",
  Maximum: "",
  Minimum: "",
  Multiply: "",
  Concatenate: "axis",
  Dot: "axes! normalize",
};

/** Fields without a say here: read elsewhere, or of no effect on what is computed. */
const IGNORED: ReadonlySet<string> = new Set(
  "name dtype trainable seed unroll synchronized zero_output_for_mask renorm_momentum".split(" "),
);

/** What a field that is not carried over may be, beside null and false. */
const NEUTRAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  groups: (value) => value === 1,
  data_format: (value) => value === "channels_last",
  dilation_rate: (value) => [value].flat().every((each) => each === 1),
  alpha: (value) => value === 1,
  negative_slope: (value) => value === 0,
  threshold: (value) => value === 0,
};

/** Where TensorFlow.js calls it otherwise. */
const RENAMED: Readonly<Record<string, string>> = { "LeakyReLU negative_slope": "alpha" };

const REMEDIES: Readonly<Record<string, string>> = {
  reset_after: "Make the layer with GRU(…, reset_after=False) in Keras, train it and save the model again.",
  mask_zero: "Make the layer with Embedding(…, mask_zero=False) in Keras and save the model again.",
};

/** What TensorFlow.js writes of a layer that Keras 3 does not have, or only for its own sake. */
const OWN_FIELDS: ReadonlySet<string> = new Set("batch_input_shape input_length implementation input_dtype".split(" "));

/**
 * The other way: the config of a layer that holds no other layer, for Keras 3.
 * @param config as it is in a topology of TensorFlow.js
 * @param refuse makes the error for what Keras has not, in words that complete "has …"
 */
export function writeConfig(className: string, config: JsonObject, refuse: (thing: string) => Error): JsonObject {
  const fields = Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined;
  if (fields === undefined) throw refuse(`the class ${className}`);
  const written: Record<string, unknown> = { name: config["name"], trainable: config["trainable"] ?? true };
  const carried = new Set<string>();
  for (const each of fields.split(/\s+/).filter(Boolean)) {
    const field = each.replace("!", "");
    const own = RENAMED[`${className} ${field}`] ?? field;
    carried.add(own);
    const value = config[own];
    if (value === undefined || (value === null && !each.endsWith("!"))) continue;
    const keras = writeField(field, value);
    if (keras === undefined || !isSame(field, keras)) throw refuse(`${own} = ${show(value)}`);
    written[field] = keras;
  }
  for (const [field, value] of Object.entries(config)) {
    if (carried.has(field) || IGNORED.has(field) || OWN_FIELDS.has(field) || value === null || value === false)
      continue;
    if (Object.hasOwn(NEUTRAL, field) && NEUTRAL[field]?.(value)) continue;
    throw refuse(`${field} = ${show(value)}`);
  }
  return written;
}

/** Words of which both know the same ones, but compute something else for some. */
const isSame = (field: string, value: unknown): boolean => field !== "interpolation" || value === "nearest";

/** Layers that drop or disturb at random, in training only. */
export const NOISE_CLASSES: ReadonlySet<string> = new Set([
  "Dropout",
  "SpatialDropout1D",
  "GaussianNoise",
  "GaussianDropout",
  "AlphaDropout",
]);

/** Whether a layer computes something else in training, so that it matters if it is called with `training=`. */
export const changesInTraining = (className: string): boolean =>
  className === "BatchNormalization" || NOISE_CLASSES.has(className);

/** Recurrent layers: those that take an initial state, and that Bidirectional takes. */
export const RECURRENT_CLASSES: ReadonlySet<string> = new Set(["LSTM", "GRU", "SimpleRNN"]);

/**
 * The config of a layer that holds no other layer, for TensorFlow.js. Throws a WhittleError naming `place` where the
 * class or a field is not supported, or not what Keras writes.
 */
export function translateConfig(className: string, config: JsonObject, place: Place): JsonObject {
  const fields = Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined;
  if (fields === undefined) {
    throw unsupported(place, `the class ${className}`, "Write the model as a TypeScript or JavaScript file.");
  }
  checkDtype(config["dtype"], place);
  const translated: Record<string, unknown> = { name: config["name"] };
  const carried = new Set<string>();
  for (const each of ["trainable", ...fields.split(/\s+/).filter(Boolean)]) {
    const field = each.replace("!", "");
    carried.add(field);
    if (config[field] !== undefined) {
      translated[RENAMED[`${className} ${field}`] ?? field] = readField(config, field, place);
    } else if (each.endsWith("!")) {
      throw malformed(place, `lacks ${field}`);
    }
  }
  for (const [field, value] of Object.entries(config)) {
    if (carried.has(field) || IGNORED.has(field) || value === null || value === false) continue;
    if (Object.hasOwn(NEUTRAL, field) && NEUTRAL[field]?.(value)) continue;
    throw unsupported(place, `${field} = ${show(value)}`, REMEDIES[field]);
  }
  return translated;
}

const INPUT_DTYPES: Readonly<Record<string, string>> = {
  float16: "float32",
  bfloat16: "float32",
  float32: "float32",
  float64: "float32",
  uint8: "int32",
  int8: "int32",
  int16: "int32",
  int32: "int32",
  int64: "int32",
  bool: "bool",
};

/** The config of an InputLayer. A fixed batch size is let go: Keras notes that of the first data which a model saw. */
export function translateInput(config: JsonObject, place: Place): JsonObject {
  const { batch_shape: shape, dtype = "float32" } = config;
  const isLength = (each: unknown) => each === null || (Number.isSafeInteger(each) && Number(each) > 0);
  if (!Array.isArray(shape) || shape.length === 0 || !shape.every(isLength)) {
    throw malformed(place, `has batch_shape = ${show(shape)}`);
  }
  const given = isObject(dtype) && isObject(dtype["config"]) ? dtype["config"]["name"] : dtype;
  const name = typeof given === "string" && Object.hasOwn(INPUT_DTYPES, given) ? INPUT_DTYPES[given] : undefined;
  if (name === undefined) throw unsupported(place, `dtype ${show(given)}`);
  for (const field of ["sparse", "ragged", "optional"]) {
    if (config[field]) throw unsupported(place, `${field} = ${show(config[field])}`);
  }
  return { name: config["name"], batch_input_shape: [null, ...shape.slice(1)], dtype: name };
}
