/**
 * What a `model.json` says of the training that its model was compiled for: `training_config` or `compile_config` as Keras
 * writes it into the topology, `trainingConfig` as TensorFlow.js writes it beside. Keras's names are put into those of
 * TensorFlow.js; what has no counterpart is named.
 */
import { z } from "zod";
import { type Compiled, type Fields, takeOver } from "./compiled.ts";

const named = z.looseObject({ class_name: z.string(), config: z.looseObject({}).default({}) });
const config = z.looseObject({
  /** In `compile_config`, where a name may stand for the class. */
  optimizer: z.union([named, z.string()]).optional().catch(undefined),
  optimizer_config: named.optional().catch(undefined),
  loss: z.unknown().optional(),
  metrics: z.unknown().optional(),
});
/** Keys as TensorFlow.js writes them. A schedule of Keras in place of a rate is no number. */
const optimizerFields = z.looseObject({
  learningRate: z.number().optional().catch(undefined),
  momentum: z.number().default(0),
  nesterov: z.boolean().default(false),
  useNesterov: z.boolean().default(false),
  beta1: z.number().default(0.9),
  beta2: z.number().default(0.999),
  rho: z.number().optional(),
  decay: z.number().optional(),
  epsilon: z.number().nullish(),
  centered: z.boolean().default(false),
});

/** Where Keras's own defaults hold. */
const KERAS = { rate: 0.001, rho: 0.9, epsilon: 1e-7 };
/** Digits that a rate has which was kept as float32. */
const FLOAT32_DIGITS = 7;
/** Of Keras's optimizers; their values say nothing where they are null, 0 or false. */
const LACKING = ["weightDecay", "clipnorm", "globalClipnorm", "clipvalue", "amsgrad", "useEma"];
const ALIASES: Readonly<Record<string, string>> = { mse: "meanSquaredError", mae: "meanAbsoluteError" };

/** @param file a parsed model.json @returns undefined where it says nothing of training */
export function readTrainingConfig(file: {
  readonly trainingConfig?: unknown;
  readonly modelTopology: Readonly<Record<string, unknown>>;
}): Compiled | undefined {
  const { training_config: beside, compile_config: inside, model_config: model } = file.modelTopology;
  const deeper = z.looseObject({ compile_config: z.unknown().optional() }).safeParse(model).data?.compile_config;
  const said = config.safeParse(file.trainingConfig ?? beside ?? inside ?? deeper).data;
  const optimizer = said?.optimizer_config ?? said?.optimizer;
  if (said === undefined || optimizer === undefined) return undefined;
  const lacking: string[] = [];
  const compiled = takeOver({
    optimizer: readOptimizer(
      typeof optimizer === "string" ? { class_name: optimizer, config: {} } : optimizer,
      lacking,
    ),
    loss: readLoss(said.loss, lacking),
    metrics: readMetrics(said.metrics),
  });
  return { ...compiled, ignored: [...compiled.ignored, ...lacking] };
}

function readOptimizer({ class_name: className, config: given }: z.infer<typeof named>, lacking: string[]) {
  const values = Object.fromEntries(Object.entries(given).map(([key, value]) => [camelOf(key), value]));
  const read = optimizerFields.catch(optimizerFields.parse({})).parse(values);
  if (read.learningRate === undefined && values["learningRate"] !== undefined) {
    lacking.push(`a learning rate of ${className} that is no number`);
  }
  lacking.push(...LACKING.filter((key) => values[key]).map((key) => `the ${key} of ${className}`));
  const fields: Fields = {
    learningRate: Number((read.learningRate ?? KERAS.rate).toPrecision(FLOAT32_DIGITS)),
    momentum: read.momentum,
    useNesterov: read.nesterov || read.useNesterov,
    beta1: read.beta1,
    beta2: read.beta2,
    // TensorFlow.js calls rho so.
    decay: read.rho ?? read.decay ?? KERAS.rho,
    epsilon: read.epsilon ?? KERAS.epsilon,
    centered: read.centered,
  };
  return { name: optimizerName(className, fields), fields };
}

/** Keras has one class for plain descent and momentum, and writes RMSProp otherwise; its version 2.15 `Custom>` before all. */
function optimizerName(className: string, { momentum }: Fields): string {
  const own = className.replace(/^Custom>/, "").toLowerCase();
  const known = ["SGD", "Momentum", "RMSProp", "Adam"].find((name) => name.toLowerCase() === own);
  return known === "SGD" && momentum > 0 ? "Momentum" : (known ?? className);
}

/** A name in either writing, or an object of Keras's class for it. */
function readLoss(loss: unknown, lacking: string[]): unknown {
  const one = named.safeParse(loss).data;
  if (one === undefined) return typeof loss === "string" ? nameOf(loss) : (loss ?? undefined);
  if ((one.config["label_smoothing"] ?? 0) !== 0) lacking.push(`the label smoothing of ${one.class_name}`);
  return nameOf(one.class_name);
}

function readMetrics(metrics: unknown): unknown {
  // TensorFlow.js and Keras 2 may write a list for each output; there is one.
  const list = Array.isArray(metrics) ? metrics.flat() : metrics;
  const read = (metric: unknown): unknown => {
    const one = named.safeParse(metric).data;
    const name = one === undefined ? metric : (one.config["name"] ?? one.class_name);
    return typeof name === "string" ? nameOf(name) : name;
  };
  return Array.isArray(list) ? list.map(read) : list === undefined || list === null ? undefined : read(list);
}

/** `sparse_categorical_crossentropy` and `SparseCategoricalCrossentropy` → `sparseCategoricalCrossentropy` */
function nameOf(name: string): string {
  const camel = camelOf(name);
  const small = camel.slice(0, 1).toLowerCase() + camel.slice(1);
  return ALIASES[small] ?? small;
}

function camelOf(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
