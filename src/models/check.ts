/** Does a network fit a data set? Answered before the first step, in the user's words. */
import type { LayersModel } from "@tensorflow/tfjs";
import { WhittleError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import { fitShape, matches, showShape } from "./shapes.ts";

/** What is asked of a data set; every `DataSet` is one. */
export interface DataShape {
  readonly spec: string;
  readonly xShape: readonly number[];
  readonly yShape: readonly number[];
  readonly classes?: number;
  readonly wShape?: readonly number[];
  readonly padding?: "start" | "end";
}

export interface ModelFit {
  /** Shape of one example as the network wants it: the data set's own, or another one of the same size. */
  readonly inputShape: readonly number[];
  /** What a user should know, e.g. that examples are reshaped. */
  readonly note?: string;
}

function checkInput(model: LayersModel, data: DataShape): ModelFit {
  const [batch = null, ...wanted] = model.inputs[0]?.shape ?? [];
  if (batch !== null) {
    throw new WhittleError(`The model takes batches of exactly ${batch} examples.`, {
      remedy: "Give the first layer `inputShape` (one example) in place of `batchInputShape`.",
    });
  }
  const inputShape = fitShape(wanted, data.xShape);
  if (inputShape === data.xShape) return { inputShape };
  if (inputShape !== undefined) {
    return {
      inputShape,
      note: `Examples of shape ${showShape(data.xShape)} are reshaped to ${showShape(inputShape)}.`,
    };
  }
  throw new WhittleError(
    `The model takes examples of shape ${showShape(wanted)}, but those of "${data.spec}" have shape ${showShape(data.xShape)}.`,
    { remedy: `Give the first layer inputShape: ${showShape(data.xShape)}, or choose other data.` },
  );
}

export function checkOutput(model: LayersModel, data: DataShape, loss: Settings["loss"]): void {
  const [, ...output] = model.outputs[0]?.shape ?? [];
  const classes = data.classes ?? 0;
  // A loss of the user's own decides for itself what it compares.
  if (loss === "custom") return;
  const takesIds =
    loss === "sparseCategoricalCrossentropy" || (loss === "categoricalCrossentropy" && data.classes !== undefined);
  if (takesIds) {
    const channels = output.at(-1) ?? null;
    const positions = output.slice(0, -1);
    if (data.classes === undefined) {
      throw new WhittleError(`The loss ${loss} needs class ids, but "${data.spec}" has none.`, {
        remedy: "Choose another loss, e.g. meanSquaredError.",
      });
    }
    if (output.length === 0 || !matches(positions, data.yShape)) {
      throw new WhittleError(
        `The model gives out shape ${showShape(output)} an example, but "${data.spec}" wants ` +
          `${showShape([...data.yShape, classes])}: one number for each of ${classes} classes.`,
        { remedy: `End the model in a layer with ${classes} units, e.g. after tf.layers.flatten().` },
      );
    }
    if (channels !== null && channels < classes) {
      throw new WhittleError(
        `The model gives out ${channels} numbers an example, but "${data.spec}" has ${classes} classes (labels 0 to ` +
          `${classes - 1}).`,
        { remedy: `Give the last layer ${classes} units; or correct the labels of the data.` },
      );
    }
    return;
  }
  if (!matches(output, data.yShape)) {
    const hint = data.classes === undefined ? "" : " or use sparseCategoricalCrossentropy for class ids";
    throw new WhittleError(
      `The model gives out shape ${showShape(output)} an example, but targets of "${data.spec}" have shape ` +
        `${showShape(data.yShape)}, which the loss ${loss} compares with it.`,
      { remedy: `Change the last layer,${hint || " or choose other data"}.` },
    );
  }
}

/** Throws a WhittleError that says both shapes where the network cannot be trained on the data set. */
export function checkModel(model: LayersModel, data: DataShape, loss: Settings["loss"]): ModelFit {
  const fit = checkInput(model, data);
  checkOutput(model, data, loss);
  return fit;
}
