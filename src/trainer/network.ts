/** A model as the loop needs it: its parameters by name, batches, gradients of a batch, scores of a split. */
import type * as Tf from "@tensorflow/tfjs";
import { findUnitGroups } from "../compact/unitGroups.ts";
import type { AnyDataSet, Split } from "../data/types.ts";
import type { BatchNormalize } from "../engine/batchNormalize.ts";
import type { SeededDraws } from "../engine/draws.ts";
import type { GraphMaker, Program } from "../engine/graph/graph.ts";
import { createRunner, type Runner } from "../engine/graph/runner.ts";
import { createLayerNormalize, createPlainBatchNormalize } from "../engine/normalize.ts";
import type { Rows } from "../engine/rows.ts";
import { applyToAllSteps } from "../layers/allSteps.ts";
import { stepPlainly } from "../layers/lstmSteps.ts";
import { drawFrom } from "../layers/noise.ts";
import { normalizeBatchesBy, normalizeLayersBy } from "../layers/normalization.ts";
import { multiplyPlainly } from "../layers/plainDense.ts";
import { findWeightRoles } from "../layers/weightRoles.ts";
import { countTargets, lossWeights } from "../models/countTargets.ts";
import type { Metric } from "../models/experiment.ts";
import type { Objective } from "../models/losses/loss.ts";
import { sizeOf } from "../models/shapes.ts";
import { isTextMetric, type TextMetric } from "../models/textMetrics.ts";
import { nameWeights } from "../models/weightNames.ts";
import type { Score, TrialScore } from "../protocol/run.ts";
import type { PruningSettings, Settings } from "../protocol/settings.ts";
import { generationSchema } from "../protocol/textSettings.ts";
import type { WeightRole } from "../protocol/units.ts";
import { selectGroups, selectPrunable } from "../pruning/layers.ts";
import type { Parameter } from "../pruning/update.ts";
import { type Batches, createBatches, type Examples, type Scored, tensorsOf } from "./batches.ts";
import { createTally } from "./tally.ts";
import { asTexts, createWriteSplit, scoreTexts, type WriteSplit } from "./writing.ts";

type TF = typeof Tf;

export interface Gradients {
  /** Mean loss of the batch, what layers add to it (regularizers, a divergence) included. */
  readonly loss: Tf.Scalar;
  /** One per parameter, in their order. */
  readonly gradients: readonly Tf.Tensor[];
  /** How many targets the loss is the mean of, where not all count. */
  readonly count?: Tf.Tensor | undefined;
}

export interface Network {
  /** Trainable weight tensors, each with what it is to its layer, where that is known. */
  readonly parameters: readonly (Parameter & { readonly role?: WeightRole | undefined })[];
  /** All weights, running statistics of normalization included, by name. */
  readonly weights: ReadonlyMap<string, Tf.Variable>;
  readonly metric: Metric | TextMetric;
  /** What its programs run through, the update of its weights as well. */
  readonly runner: Runner;
  /**
   * To be called in a tidy. Running statistics of the model go on.
   * @param seed shape [1], int32: of all that the model draws, where the engine draws it
   */
  differentiate(examples: Examples, seed: Tf.Tensor): Gradients;
  /** Mean loss (data term) and metric over a split. */
  evaluate(data: AnyDataSet, split: Split): Score;
  /** As `evaluate`, if weights were 0. @param masks by parameter @returns no metric where that is of what the model writes */
  evaluateMasked(data: AnyDataSet, split: Split, masks: ReadonlyMap<string, Float32Array>): TrialScore;
  readonly write: WriteSplit;
  /** Its examples: a network that is made of it may take them from there. */
  readonly batches: Batches;
  /** Its weights, and its batches where they are its own. */
  dispose(): void;
}

export interface NetworkParts {
  readonly model: Tf.LayersModel;
  readonly objective: Objective;
  /** The first metric: the one that bounds speak of. */
  readonly metric: Metric | TextMetric;
  /** The setting: how it writes; its defaults when absent. */
  readonly generation?: Settings["generation"];
  /** Shape of one example as the model takes it. */
  readonly inputShape: readonly number[];
  /** The setting `pruning.layers`. */
  readonly layers: readonly string[];
  /** The setting of that name in `pruning`; by weights when absent. */
  readonly granularity?: PruningSettings["granularity"];
  /** See Task. */
  readonly ignoreTarget?: number | undefined;
  readonly trims?: boolean | undefined;
  /** What the engine does better than TensorFlow.js's layers. */
  readonly engine?: {
    readonly draws?: SeededDraws;
    readonly batchNormalize?: BatchNormalize;
    readonly graphs?: GraphMaker;
    readonly rows?: Rows;
  };
  /** Without one, all is eager. */
  readonly runner?: Runner;
  /** Of another network on the same data, which disposes them. */
  readonly batches?: Batches;
  /** What its weights are called; by default as `nameWeights` says. */
  readonly names?: ReadonlyMap<Tf.LayersModel["weights"][number], string>;
}

export function createNetwork(tf: TF, parts: NetworkParts): Network {
  const { model, objective, metric, inputShape, layers, granularity = "weight", ignoreTarget } = parts;
  const { runner = createRunner(tf) } = parts;
  const { draws, batchNormalize, graphs, rows } = parts.engine ?? {};
  if (draws !== undefined) drawFrom(tf, model.layers, draws);
  // Where each operation counts.
  if (graphs !== undefined) multiplyPlainly(tf, model.layers);
  normalizeBatchesBy(tf, model.layers, batchNormalize ?? createPlainBatchNormalize(tf));
  normalizeLayersBy(tf, model.layers, createLayerNormalize(tf));
  applyToAllSteps(tf, model.layers);
  stepPlainly(tf, model.layers);
  const names = parts.names ?? nameWeights(model);
  const roles = findWeightRoles(model.layers);
  const named = (weights: Tf.LayersModel["weights"]) =>
    weights.map((weight) => ({
      name: names.get(weight) ?? weight.originalName,
      shape: weight.read().shape,
      variable: weight.read() as Tf.Variable,
      role: roles.get(weight),
    }));
  const units = granularity === "weight" ? undefined : findUnitGroups(tf, model);
  const grouped = [...(units?.makes ?? [])].map(([weight, groups]) => {
    return { name: names.get(weight) ?? weight.originalName, shape: weight.read().shape, groups };
  });
  const reads = new Map([...(units?.reads ?? [])].map(([weight, of]) => [names.get(weight), of]));
  const trainable = named(model.trainableWeights);
  const groups = units && selectGroups(trainable, grouped, layers);
  const prunable = new Set(groups?.keys() ?? selectPrunable(trainable, layers).map((weight) => weight.name));
  const parameters = trainable.map(({ name, variable, role }) => ({
    name,
    variable,
    role,
    prunable: prunable.has(name),
    groups: groups?.get(name),
    reads: reads.get(name),
  }));
  const weights = new Map(named(model.weights).map(({ name, variable }) => [name, variable]));
  const variables = parameters.map((parameter) => parameter.variable);

  const outputSize = (length = inputShape[0] ?? 1): number =>
    model.outputs.reduce((sum, { shape }) => sum + sizeOf(shape.slice(1).map((each) => each ?? length)), 0);
  const tally = createTally(tf, metric);
  const write = createWriteSplit(tf, model, parts.generation ?? generationSchema.parse({}));
  const batches = parts.batches ?? createBatches(tf, inputShape, { rows, trims: parts.trims, outputSize });

  /** Of the batch: the mean loss, how many targets count where that differs, and what the metric reads. */
  const scoring =
    (masked: readonly Tf.Variable[], hasWeights: boolean): Program =>
    ([x, targets, ...others]) => {
      if (x === undefined || targets === undefined) throw new Error("a batch has examples and targets");
      const [w, masks] = hasWeights ? [others[0], others.slice(1)] : [undefined, others];
      const before = masked.map((variable) => variable.clone());
      for (const [index, variable] of masked.entries()) {
        const mask = masks[index];
        if (mask !== undefined) variable.assign(tf.mul(variable, mask));
      }
      const raw = objective.forward(x, { training: false });
      const counted = countTargets(tf, targets, w, ignoreTarget);
      const results = [
        objective.loss(counted.y, raw, lossWeights(tf, counted)),
        ...(counted.count === undefined ? [] : [counted.count]),
        ...tally.read(counted.y, objective.predict(raw), counted.weights),
      ];
      for (const [index, variable] of masked.entries()) variable.assign(before[index] ?? variable);
      return results;
    };

  const score = (
    examples: Iterable<Scored>,
    isKept: boolean,
    hasWeights: boolean,
    masks: ReadonlyMap<string, Float32Array>,
  ): Score => {
    let [loss, targets] = [0, 0];
    const counting = tally.start();
    const masked = parameters.filter(({ name }) => masks.has(name));
    const program = scoring(
      masked.map(({ variable }) => variable),
      hasWeights,
    );
    const maskTensors = masked.map(({ name, variable }) => tf.tensor(masks.get(name) ?? [], variable.shape, "float32"));
    for (const each of examples) {
      const results = runner.run(
        masked.length > 0 ? "probe" : "evaluate",
        [...tensorsOf(each), ...maskTensors],
        program,
      );
      const [batchLoss, ...others] = results;
      const counted = (ignoreTarget === undefined ? undefined : others.shift()?.dataSync()[0]) ?? each.count;
      loss += (batchLoss?.dataSync()[0] ?? Number.NaN) * counted;
      targets += counted;
      counting.add(others, each.count);
      tf.dispose(results);
      if (!isKept) tf.dispose(tensorsOf(each));
    }
    tf.dispose(maskTensors);
    return { loss: loss / targets, metric: counting.value() };
  };

  const scoreSplit = (data: AnyDataSet, split: Split, masks: ReadonlyMap<string, Float32Array>): Score =>
    score(batches.all(data, split), split === data.validation, split.w !== undefined, masks);

  return {
    parameters,
    weights,
    metric,
    runner,
    batches,
    differentiate({ x, y, w }, seed) {
      draws?.begin(seed);
      const counted = countTargets(tf, y, w, ignoreTarget);
      const { value, grads } = tf.variableGrads(() => {
        const data = objective.loss(counted.y, objective.forward(x, { training: true }), lossWeights(tf, counted));
        // After the forward pass, in which a layer may find its term.
        return model.calculateLosses().reduce<Tf.Scalar>((sum, one) => tf.add(sum, one), data);
      }, variables);
      const gradients = variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
      return { loss: value, gradients, count: counted.count };
    },
    write,
    evaluate(data, split) {
      const { loss, metric: ofOutputs } = scoreSplit(data, split, new Map());
      const value = isTextMetric(metric) ? scoreTexts(metric, asTexts(data, split, write(data, split))) : ofOutputs;
      return { loss, metric: value };
    },
    evaluateMasked(data, split, masks) {
      const { loss, metric: ofOutputs } = scoreSplit(data, split, masks);
      return { loss, metric: isTextMetric(metric) ? null : ofOutputs };
    },
    dispose() {
      if (parts.batches === undefined) batches.dispose();
      for (const variable of weights.values()) variable.dispose();
    },
  };
}
