/**
 * What the author of a model said in `model.compile(…)`, as settings: they come above Whittle's defaults and below the
 * experiment's own. What cannot be taken over is named, never dropped in silence.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { LOSS_NAMES, METRIC_NAMES, type SettingsInput } from "../protocol/settings.ts";
import type { LossFunction } from "./experiment.ts";
import { weightedMean } from "./losses/weightedMean.ts";

export interface Compiled {
  readonly settings: Pick<SettingsInput, "optimizer" | "loss" | "metrics">;
  /** Where `settings.loss` is `custom`. */
  readonly loss?: LossFunction;
  /** Which of several outputs the metric is for; the first where it does not say. */
  readonly judged?: number;
  /** In the author's words, e.g. `optimizer SGD`. */
  readonly taken: readonly string[];
  readonly ignored: readonly string[];
}

type Optimizer = NonNullable<SettingsInput["optimizer"]>;
/** The fields of the four classes of TensorFlow.js that Whittle has. */
export interface Fields {
  readonly learningRate: number;
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/** By class name. `lacks` says what of it has no counterpart. */
const OPTIMIZERS: Readonly<
  Record<string, { readonly take: (from: Fields) => Optimizer; readonly lacks: (from: Fields) => readonly string[] }>
> = {
  SGD: { take: ({ learningRate }) => ({ name: "sgd", learningRate }), lacks: () => [] },
  Momentum: {
    take: ({ learningRate, momentum }) => ({ name: "momentum", learningRate, momentum }),
    lacks: ({ useNesterov }) => (useNesterov ? ["Nesterov's form of the momentum"] : []),
  },
  RMSProp: {
    take: ({ learningRate, decay, epsilon }) => ({ name: "rmsprop", learningRate, decay, epsilon }),
    lacks: ({ momentum, centered }) => [
      ...(momentum > 0 ? ["the momentum of RMSProp"] : []),
      ...(centered ? ["the centered form of RMSProp"] : []),
    ],
  },
  Adam: {
    take: ({ learningRate, beta1, beta2, epsilon }) => ({
      name: "adam",
      learningRate,
      momentum: beta1,
      decay: beta2,
      epsilon,
    }),
    lacks: () => [],
  },
};

/** Other names that TensorFlow.js takes. */
const METRIC_ALIASES: Readonly<Record<string, (typeof METRIC_NAMES)[number]>> = {
  acc: "accuracy",
  categoricalAccuracy: "accuracy",
  sparseCategoricalAccuracy: "accuracy",
  mse: "meanSquaredError",
  MSE: "meanSquaredError",
  mae: "meanAbsoluteError",
  MAE: "meanAbsoluteError",
};

/** What was said, by a model's `compile` or by a file, in TensorFlow.js's names. */
export interface Said {
  readonly optimizer?: { readonly name: string; readonly fields: Fields };
  /** A name, a function, or something else. */
  readonly loss: unknown;
  /** Of the loss, where TensorFlow.js has one: a value for each example, or their mean. */
  readonly lossFunction?: LossFunction;
  readonly metrics: unknown;
  /** Of a model; a metric may be for one of them. */
  readonly outputNames?: readonly string[];
}

/** @returns undefined where the model has not been compiled */
export function readCompiled(tf: TF, model: Tf.LayersModel): Compiled | undefined {
  // tfjs-layers declares `optimizer` as always there.
  const optimizer: Tf.Optimizer | undefined = model.optimizer;
  if (optimizer === undefined) return undefined;
  // A Sequential hands its compile on to a model inside.
  const inner = (model as { readonly model?: Tf.LayersModel }).model ?? model;
  const computes = inner.lossFunctions ?? [];
  const [compute] = computes;
  const lossFunction: LossFunction | undefined =
    compute === undefined
      ? undefined
      : computes.length === 1
        ? (yTrue, yPred, weights) => weightedMean(tf, compute(yTrue, yPred), weights)
        : (yTrue, yPred, weights) => addLosses(tf, computes, yTrue, yPred, weights);
  return takeOver({
    optimizer: { name: optimizer.getClassName(), fields: optimizer as unknown as Fields },
    loss: model.loss,
    ...(lossFunction === undefined ? {} : { lossFunction }),
    metrics: model.metrics,
    outputNames: model.outputNames,
  });
}

/** Of several outputs, as TensorFlow.js adds them: each mean for itself. @param yTrue and yPred lists, see several.ts */
function addLosses(
  tf: TF,
  computes: readonly ((yTrue: Tf.Tensor, yPred: Tf.Tensor) => Tf.Tensor)[],
  yTrue: unknown,
  yPred: unknown,
  weights: Tf.Tensor | undefined,
): Tf.Tensor {
  const [targets, outputs] = [yTrue, yPred] as [Tf.Tensor[], Tf.Tensor[]];
  return tf.addN(
    computes.map((compute, at) =>
      weightedMean(tf, compute(targets[at] as Tf.Tensor, outputs[at] as Tf.Tensor), weights),
    ),
  );
}

export function takeOver(said: Said): Compiled {
  const taken: string[] = [];
  const ignored: string[] = [];
  const { given, judged } = pickMetrics(said);
  const losses = typeof said.loss === "object" && said.loss !== null ? Object.values(said.loss) : [said.loss];
  const loss = readLoss({ ...said, loss: losses.length === 1 ? losses[0] : said.loss }, taken, ignored);
  const metrics = readMetrics(given, losses[judged ?? 0], taken, ignored);
  // Of several outputs the one that the metric is for.
  if (metrics.length === 0 && /^(meanSquaredError|mse)$/i.test(String(losses[judged ?? 0]))) {
    // Accuracy, the default, says nothing of targets that are no classes.
    metrics.push("meanSquaredError");
    taken.push("metric meanSquaredError, as the loss is");
  }
  const rule = said.optimizer === undefined ? undefined : readOptimizer(said.optimizer, taken, ignored);
  return {
    settings: {
      ...(rule === undefined ? {} : { optimizer: rule }),
      ...(loss === undefined ? {} : { loss: loss.name }),
      ...(metrics.length === 0 ? {} : { metrics }),
    },
    ...(loss?.custom === undefined ? {} : { loss: loss.custom }),
    ...(judged === undefined ? {} : { judged }),
    taken,
    ignored,
  };
}

/** TensorFlow.js takes one, a list, or one for each output by name: then the first of them is the one. */
function pickMetrics({ metrics, outputNames = [] }: Said): { readonly given: unknown; readonly judged?: number } {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) return { given: metrics };
  const [name, given] = Object.entries(metrics)[0] ?? [];
  const judged = outputNames.indexOf(name ?? "");
  return judged < 0 ? { given } : { given, judged };
}

function readOptimizer(
  { name, fields }: NonNullable<Said["optimizer"]>,
  taken: string[],
  ignored: string[],
): Optimizer | undefined {
  const kind = Object.hasOwn(OPTIMIZERS, name) ? OPTIMIZERS[name] : undefined;
  if (kind === undefined) {
    ignored.push(`the optimizer ${name}, which Whittle does not have`);
    return undefined;
  }
  const settings = kind.take(fields);
  taken.push(`optimizer ${name} with rate ${settings.learningRate}`);
  ignored.push(...kind.lacks(fields));
  return settings;
}

interface FoundLoss {
  readonly name: NonNullable<SettingsInput["loss"]>;
  readonly custom?: LossFunction;
}

function readLoss({ loss, lossFunction }: Said, taken: string[], ignored: string[]): FoundLoss | undefined {
  if (typeof loss === "object" && loss !== null && lossFunction !== undefined) {
    taken.push("a loss for each output");
    return { name: "custom", custom: lossFunction };
  }
  if (typeof loss !== "string" && typeof loss !== "function") {
    if (loss !== undefined) ignored.push("a list of losses, one for each output");
    return undefined;
  }
  const known = LOSS_NAMES.find((name) => name === loss);
  if (known !== undefined) {
    taken.push(`loss ${known}`);
    return { name: known };
  }
  const what = typeof loss === "string" ? `loss ${loss}` : "a loss function";
  if (lossFunction === undefined) {
    ignored.push(`the ${what}`);
    return undefined;
  }
  taken.push(what);
  return { name: "custom", custom: lossFunction };
}

function readMetrics(
  given: unknown,
  loss: unknown,
  taken: string[],
  ignored: string[],
): (typeof METRIC_NAMES)[number][] {
  const list: readonly unknown[] = given === undefined || given === null ? [] : Array.isArray(given) ? given : [given];
  return list.flatMap((metric) => {
    const name =
      typeof metric === "string" ? (METRIC_ALIASES[metric] ?? METRIC_NAMES.find((m) => m === metric)) : undefined;
    if (name === undefined) {
      ignored.push(
        typeof metric === "string"
          ? `the metric ${metric}`
          : "a metric that is no name: give it in defineExperiment, with which way is better",
      );
      return [];
    }
    // As TensorFlow.js reads it.
    const meant = name === "accuracy" && loss === "binaryCrossentropy" ? "binaryAccuracy" : name;
    taken.push(`metric ${meant}`);
    return [meant];
  });
}
