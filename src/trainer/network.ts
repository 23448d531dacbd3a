/** A model as the loop needs it: its parameters by name, gradients of a batch, scores of a split. */
import type * as Tf from "@tensorflow/tfjs";
import { fillBatch } from "../data/batches.ts";
import type { DataSet, Split } from "../data/types.ts";
import { findWeightRoles } from "../layers/weightRoles.ts";
import type { Metric } from "../models/experiment.ts";
import type { Objective } from "../models/losses/loss.ts";
import type { Score } from "../protocol/run.ts";
import type { WeightRole } from "../protocol/units.ts";
import { selectPrunable } from "../pruning/layers.ts";
import type { Parameter } from "../pruning/update.ts";

type TF = typeof Tf;

/** Examples evaluated at once: large enough to keep the cores busy, small enough for the activations of LeNet-5. */
const EVALUATION_BATCH = 500;

export interface BatchGradients {
  /** Mean loss of the batch, the model's own regularizers included. */
  readonly loss: number;
  /** One per parameter, in their order; the caller disposes them. */
  readonly gradients: readonly Tf.Tensor[];
}

export interface Network {
  /** Trainable weight tensors, each with what it is to its layer, where that is known. */
  readonly parameters: readonly (Parameter & { readonly role?: WeightRole | undefined })[];
  /** All weights, running statistics of normalization included, by name. */
  readonly weights: ReadonlyMap<string, Tf.Variable>;
  readonly metric: Metric;
  gradients(data: DataSet, order: Uint32Array, from: number, to: number): BatchGradients;
  /** Mean loss (data term) and metric over a split, in its own order. */
  evaluate(data: DataSet, split: Split): Score;
}

interface Batch {
  readonly x: Tf.Tensor;
  readonly y: Tf.Tensor;
  readonly count: number;
}

export interface NetworkParts {
  readonly model: Tf.LayersModel;
  readonly objective: Objective;
  /** The first metric: the one that bounds speak of. */
  readonly metric: Metric;
  /** Shape of one example as the model takes it. */
  readonly inputShape: readonly number[];
  /** The setting `pruning.layers`. */
  readonly layers: readonly string[];
}

export function createNetwork(tf: TF, { model, objective, metric, inputShape, layers }: NetworkParts): Network {
  const names = nameWeights(model);
  const roles = findWeightRoles(model.layers);
  const named = (weights: Tf.LayersModel["weights"]) =>
    weights.map((weight) => ({
      name: names.get(weight) ?? weight.originalName,
      shape: weight.read().shape,
      variable: weight.read() as Tf.Variable,
      role: roles.get(weight),
    }));
  const trainable = named(model.trainableWeights);
  const prunable = new Set(selectPrunable(trainable, layers).map((weight) => weight.name));
  const parameters = trainable.map(({ name, variable, role }) => ({
    name,
    variable,
    role,
    prunable: prunable.has(name),
  }));
  const weights = new Map(named(model.weights).map(({ name, variable }) => [name, variable]));
  const variables = parameters.map((parameter) => parameter.variable);

  const batch = (data: DataSet, split: Split, order: Uint32Array, from: number, to: number): Batch => {
    const filled = fillBatch(data, split, order, from, to);
    const y =
      filled.y instanceof Int32Array
        ? tf.tensor(filled.y, [filled.count, ...data.yShape], "int32")
        : tf.tensor(filled.y, [filled.count, ...data.yShape], "float32");
    return { x: tf.tensor(filled.x, [filled.count, ...inputShape], "float32"), y, count: filled.count };
  };

  let kept: readonly Batch[] | undefined;
  function* cut(data: DataSet, split: Split): Generator<Batch> {
    const order = Uint32Array.from({ length: split.count }, (_, i) => i);
    for (let from = 0; from < split.count; from += EVALUATION_BATCH) {
      yield batch(data, split, order, from, Math.min(split.count, from + EVALUATION_BATCH));
    }
  }

  const score = (batches: Iterable<Batch>, count: number): Score => {
    let loss = 0;
    let total = 0;
    for (const each of batches) {
      tf.tidy(() => {
        const raw = objective.forward(each.x, { training: false });
        loss += (objective.loss(each.y, raw).dataSync()[0] ?? Number.NaN) * each.count;
        total += metric.compute(each.y, objective.predict(raw)).sum().dataSync()[0] ?? Number.NaN;
      });
      if (batches !== kept) tf.dispose([each.x, each.y]);
    }
    return { loss: loss / count, metric: total / count };
  };

  return {
    parameters,
    weights,
    metric,
    gradients(data, order, from, to) {
      let loss = Number.NaN;
      const gradients = tf.tidy(() => {
        const { x, y } = batch(data, data.train, order, from, to);
        const { value, grads } = tf.variableGrads(() => {
          const own = model.calculateLosses();
          return own.reduce<Tf.Scalar>(
            (sum, one) => tf.add(sum, one),
            objective.loss(y, objective.forward(x, { training: true })),
          );
        }, variables);
        loss = value.dataSync()[0] ?? Number.NaN;
        return variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
      });
      return { loss, gradients };
    },
    evaluate(data, split) {
      // The threshold search scores the validation split again and again: its batches stay where the engine wants them.
      if (split === data.validation) {
        kept ??= [...cut(data, split)];
        return score(kept, split.count);
      }
      return score(cut(data, split), split.count);
    },
  };
}

/**
 * Names such as `fc1/kernel`. Not the weights' own `name`, to which tfjs adds a number for each model that the process
 * has built before: a checkpoint must find its weights in any process.
 */
function nameWeights(model: Tf.LayersModel): ReadonlyMap<Tf.LayersModel["weights"][number], string> {
  const used = new Map<string, number>();
  return new Map(
    model.weights.map((weight) => {
      const count = used.get(weight.originalName) ?? 0;
      used.set(weight.originalName, count + 1);
      return [weight, count === 0 ? weight.originalName : `${weight.originalName}_${count}`];
    }),
  );
}
