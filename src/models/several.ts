/**
 * Models with several inputs or outputs. Everything else sees a batch as two tensors and outputs as one: several lie side by
 * side in its rows, and are taken apart here.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { LossFunction, Metric } from "./experiment.ts";
import { LOSSES } from "./losses/index.ts";
import type { Objective } from "./losses/loss.ts";
import { weightedMean } from "./losses/weightedMean.ts";
import { createObjective, requireLoss } from "./objective.ts";
import { fitShape, type Shape, showShape, sizeOf } from "./shapes.ts";

/** One of several: see `data/types.ts`. */
interface Field {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What of a data set tells how its rows are put together. */
interface Packed {
  readonly spec: string;
  readonly xFields?: readonly Field[];
  readonly yFields?: readonly Field[];
}

/** The names where there are several. */
export function namesOfSeveral(names: readonly string[]): readonly string[] | undefined {
  return names.length > 1 ? names : undefined;
}

export function isSeveral(model: Tf.LayersModel): boolean {
  return model.inputs.length > 1 || model.outputs.length > 1;
}

/** Of one example; undefined where there is one alone, which comes as it is. */
interface Shapes {
  /** Those that are cut to a length of the batch's have it open. */
  readonly inputs: readonly Shape[] | undefined;
  readonly targets: readonly (readonly number[])[] | undefined;
  readonly outputs: readonly (readonly number[])[] | undefined;
}

/**
 * How rows are taken apart, in the model's own order.
 * @param trims whether batches are cut to a length of their own
 * @throws WhittleError that names the input or output that does not fit
 */
export function fitSeveral(model: Tf.LayersModel, { spec, xFields, yFields }: Packed, trims: boolean): Shapes {
  const inputs = xFields?.map((field, at) => {
    const fitted = fitInput(spec, field, model.inputs[at]?.shape.slice(1) ?? []);
    return trims ? [null] : fitted;
  });
  const isOne = model.outputs.length === 1;
  const outputs = isOne
    ? undefined
    : model.outputs.map(({ shape }, at) => known(model.outputNames[at] ?? "", shape.slice(1)));
  const targets = yFields?.map((field, at) => fitTarget(spec, field, outputs?.[at] ?? []));
  return { inputs, outputs, targets };
}

function fitInput(spec: string, { name, shape }: Field, wanted: Tf.Shape): readonly number[] {
  const fitted = fitShape(wanted, shape);
  if (fitted !== undefined) return fitted;
  throw new WhittleError(
    `The input ${name} takes examples of shape ${showShape(wanted)}, but those of "${spec}" have ${showShape(shape)}.`,
    { remedy: "Give examples of that shape." },
  );
}

/** Ids of classes have one axis less than the output. */
function fitTarget(spec: string, { name, shape }: Field, output: readonly number[]): readonly number[] {
  if (sizeOf(shape) === sizeOf(output)) return output;
  if (sizeOf(shape) === sizeOf(output.slice(0, -1))) return output.slice(0, -1);
  throw new WhittleError(
    `The output ${name} has shape [${output}] an example, but targets of "${spec}" for it have [${shape}].`,
    { remedy: "Give targets of that shape, or ids of classes." },
  );
}

function known(name: string, shape: Tf.Shape): readonly number[] {
  if (!shape.includes(null)) return shape as number[];
  throw new WhittleError(`The size of ${name} depends on the example: ${showShape(shape)}.`, {
    remedy: "Give the outputs sizes of their own: with several of them, nothing else can be trained.",
  });
}

function pack(tf: TF, tensors: readonly Tf.Tensor[]): Tf.Tensor {
  return tf.concat(
    tensors.map((each) => tf.cast(tf.reshape(each, [each.shape[0] ?? 1, -1]), "float32")),
    1,
  );
}

function unpack(tf: TF, packed: Tf.Tensor, shapes: readonly Shape[] | undefined): Tf.Tensor[] {
  if (shapes === undefined) return [packed];
  const [count = 1, width = 1] = packed.shape;
  const own = shapes.map((shape) => shape.map((length) => length ?? width / shapes.length));
  return tf.split(packed, own.map(sizeOf), 1).map((each, at) => tf.reshape(each, [count, ...(own[at] ?? [])]));
}

/**
 * @param loss the setting: one name for every output, whose losses are added; or `custom`
 * @param custom gets lists of targets and outputs where there are several of them
 */
export function createSeveralObjective(
  tf: TF,
  model: Tf.LayersModel,
  shapes: Shapes,
  loss: Settings["loss"],
  custom?: LossFunction,
  labelSmoothing = 0,
): Objective {
  if (shapes.outputs === undefined) {
    const objective = createObjective(tf, model, loss, custom, labelSmoothing);
    return {
      ...objective,
      forward: (x, options) =>
        objective.forward(
          [x].flat().flatMap((each) => unpack(tf, each, shapes.inputs)),
          options,
        ),
    };
  }
  const compare =
    loss === "custom"
      ? compareBy(requireLoss(custom))
      : (targets: Tf.Tensor[], outputs: Tf.Tensor[], weights?: Tf.Tensor) =>
          tf.addN(
            outputs.map((output, at) =>
              weightedMean(tf, LOSSES[loss].compare(tf, targets[at] ?? output, output, labelSmoothing), weights),
            ),
          );
  return {
    forward(x, options) {
      const inputs = [x].flat().flatMap((each) => unpack(tf, each, shapes.inputs));
      return pack(
        tf,
        [model.apply(inputs.length === 1 ? (inputs[0] as Tf.Tensor) : inputs, options)].flat() as Tf.Tensor[],
      );
    },
    loss: (yTrue, raw, weights) =>
      compare(unpack(tf, yTrue, shapes.targets), unpack(tf, raw, shapes.outputs), weights) as Tf.Scalar,
    predict: (raw) => raw,
    fromLogits: false,
  };
}

/** The user's own, which gets a list only where there are several. */
function compareBy(custom: LossFunction) {
  return (targets: Tf.Tensor[], outputs: Tf.Tensor[], weights?: Tf.Tensor): Tf.Tensor => {
    const alone = outputs.length === 1;
    return custom((alone ? targets[0] : targets) as Tf.Tensor, (alone ? outputs[0] : outputs) as Tf.Tensor, weights);
  };
}

/** Of one output: the first, or the one that a `compile` has the metric for. */
export function metricOfOutput(tf: TF, metric: Metric, shapes: Shapes, output: number): Metric {
  if (shapes.outputs === undefined) return metric;
  return {
    ...metric,
    compute(yTrue, packed) {
      const [target, predicted] = [
        unpack(tf, yTrue, shapes.targets)[output],
        unpack(tf, packed, shapes.outputs)[output],
      ];
      if (target === undefined || predicted === undefined) throw new Error(`there is no output ${output}`);
      return metric.compute(target, predicted);
    },
  };
}
