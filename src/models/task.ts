/** What a model is trained to do on a data set: its loss, the metric that bounds speak of, and how examples go in. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import { checkModel, checkOutput, type DataShape } from "./check.ts";
import { checkCounting } from "./checkCounting.ts";
import type { Compiled } from "./compiled.ts";
import type { Metric } from "./experiment.ts";
import type { LoadedDefinition } from "./load.ts";
import type { Objective } from "./losses/loss.ts";
import { createMetrics } from "./metrics.ts";
import { createObjective } from "./objective.ts";
import { createSeveralObjective, fitSeveral, isSeveral, metricOfOutput } from "./several.ts";
import { isTextMetric, type TextMetric } from "./textMetrics.ts";

export interface Task {
  readonly objective: Objective;
  /** The first metric. */
  readonly metric: Metric | TextMetric;
  /** Of one example as the network is given it. */
  readonly inputShape: readonly number[];
  /** Whether padded examples may be cut to the longest of a batch: the model takes any length. */
  readonly trims: boolean;
  /** Class id whose targets do not count: the setting, or padding. */
  readonly ignoreTarget?: number | undefined;
  /** What a user should know. */
  readonly note?: string | undefined;
}

type Data = DataShape & Parameters<typeof fitSeveral>[1];

/** @throws WhittleError that says both shapes where the network cannot be trained on the data set */
export function createTask(
  tf: TF,
  model: Tf.LayersModel,
  data: Data,
  { loss, metrics, labelSmoothing, ignoreTarget }: Settings,
  definition: Pick<LoadedDefinition, "loss" | "metrics">,
  compiled: Compiled | undefined,
): Task {
  const [metric] = createMetrics(tf, metrics, definition.metrics);
  if (metric === undefined) throw new Error("the settings have no metric");
  const custom = definition.loss ?? compiled?.loss;
  const counting = { ignoreTarget: ignoreTarget ?? paddingTarget(data) };
  checkCounting(model, data, { loss, custom, ...counting });
  const trims =
    data.padding !== undefined && model.inputs.every(({ shape }) => shape.length === 2 && shape[1] === null);
  if (!isSeveral(model)) {
    const fit = checkModel(model, data, loss);
    return {
      ...counting,
      trims,
      objective: createObjective(tf, model, loss, custom, labelSmoothing),
      metric,
      inputShape: fit.inputShape,
      note: fit.note,
    };
  }
  const isOfSeveral =
    (model.inputs.length === 1 || data.xFields !== undefined) &&
    (model.outputs.length === 1 || data.yFields !== undefined);
  if (!isOfSeveral) {
    throw usageError(
      `The model has ${model.inputs.length} inputs and ${model.outputs.length} outputs, but "${data.spec}" has one of each.`,
      `Give data with a function, for each by name: x: { ${model.inputNames.join(", ")} }, y: { ${model.outputNames.join(", ")} }.`,
    );
  }
  const shapes = fitSeveral(model, data, trims);
  if (shapes.outputs === undefined) checkOutput(model, data, loss);
  return {
    ...counting,
    trims,
    objective: createSeveralObjective(tf, model, shapes, loss, custom, labelSmoothing),
    metric: isTextMetric(metric) ? metric : metricOfOutput(tf, metric, shapes, compiled?.judged ?? 0),
    inputShape: data.xShape,
  };
}

/** Of texts that are written, what stands where one has ended. */
function paddingTarget({ padding, yShape, classes }: Data): number | undefined {
  return padding !== undefined && yShape.length > 0 && classes !== undefined ? 0 : undefined;
}
