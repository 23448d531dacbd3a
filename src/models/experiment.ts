/**
 * The package entry `whittle` for model definition files:
 *
 *     import { defineExperiment } from "whittle";
 *     export default defineExperiment({ model: lenet, data: "digits", pruning: { lambda: 1e-4 } });
 */
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import type { LOSS_NAMES, METRIC_NAMES, SettingsInput } from "../protocol/settings.ts";

/** What a layer class of one's own may say of its form in ONNX files. */
export type { OnnxAttribute, OnnxAttributes, OnnxGraph, OnnxRule } from "../layers/onnxRule.ts";
/** What a layer class of one's own may say of its units. */
export type { WeightUnits } from "../layers/weightUnits.ts";

/**
 * A data term of one's own. `yTrue`: class ids `[batch]` or targets; `yPred`: what the model gives out. Returns the mean
 * over the batch, a scalar that can be differentiated. `weights`, where the data has some or targets are left out by the setting
 * `ignoreTarget`: of examples `[batch]` or positions `[batch, …]`, to be multiplied with the losses before the mean.
 */
export type LossFunction = (yTrue: Tensor, yPred: Tensor, weights?: Tensor) => Tensor;

/**
 * A figure of one's own. `compute` returns one value for each example, `[batch]`, or for parts of it, `[batch, …]`, whose mean over the
 * split is shown, weighted where the data has weights; or, where there is `summarize`, rows that it makes the figure of.
 */
export interface Metric {
  readonly name: string;
  /** Which way is better: pruning bounds go by it. */
  readonly better: "higher" | "lower";
  readonly compute: (yTrue: Tensor, yPred: Tensor) => Tensor;
  /** What is shown of the mean over the split, where it is not that itself: its root, for one. */
  readonly finish?: (mean: number) => number;
  /**
   * For a figure that is no mean, as the area under a curve: makes it of all rows of the split, `[batch, …, columns]` of each batch,
   * column by column.
   * @param weights one for each row, 1 where the data has none; rows of weight 0 are left out
   */
  readonly summarize?: (columns: readonly Float32Array[], weights: Float32Array) => number;
}

/**
 * Gives the data: `{ x, y }`, or `{ train: { x, y }, validation?, test? }`, of tensors, arrays, or examples one by one (a
 * `tf.data.Dataset` or an (async) iterable of `{ x, y }`). Splits that are not given are cut by the seed. Called with a seeded
 * `Math.random`; a resumed run calls it again, and has to get the same.
 *
 * Larger than memory: `{ train: ({ epoch, seed }) => examples, count, validation, test, shuffleBuffer? }`. `train` is called for
 * each epoch (from 1), whose examples come one by one from what it returns; for the same epoch and seed they have to be the same.
 */
export type DataFunction = () => unknown;

export interface ExperimentDefinition extends Omit<SettingsInput, "loss" | "metrics" | "data"> {
  /**
   * Builds the network: called once, with the seed set, so that initial weights are reproducible. Its parameters get what the
   * setting `args` says.
   */
  readonly model: (...args: never[]) => LayersModel | Promise<LayersModel>;
  readonly data?: string | DataFunction;
  readonly loss?: (typeof LOSS_NAMES)[number] | LossFunction;
  /** The first is the one that pruning bounds speak of. */
  readonly metrics?: readonly ((typeof METRIC_NAMES)[number] | Metric)[];
}

/** Shared by all copies of this module, so that an experiment made by one is known to the others. */
const EXPERIMENT = Symbol.for("whittle.experiment");

export interface Experiment {
  readonly [EXPERIMENT]: true;
  readonly definition: ExperimentDefinition;
}

/** A model with what it is trained on and how. Everything but `model` has a default; checked when a run starts. */
export function defineExperiment(definition: ExperimentDefinition): Experiment {
  return Object.freeze({ [EXPERIMENT]: true as const, definition });
}

export function isExperiment(value: unknown): value is Experiment {
  return typeof value === "object" && value !== null && EXPERIMENT in value;
}
