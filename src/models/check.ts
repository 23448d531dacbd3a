/** Does a network fit a data set? Answered before the first step, in the user's words. */
import type { LayersModel } from "@tensorflow/tfjs";
import { WhittleError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";

/** What is asked of a data set; every `DataSet` is one. */
export interface DataShape {
  readonly spec: string;
  readonly xShape: readonly number[];
  readonly yShape: readonly number[];
  readonly classes?: number;
}

export interface ModelFit {
  /** Shape of one example as the network wants it: the data set's own, or another one of the same size. */
  readonly inputShape: readonly number[];
  /** What a user should know, e.g. that examples are reshaped. */
  readonly note?: string;
}

type Shape = readonly (number | null)[];

const show = (shape: Shape): string => `[${shape.map((length) => length ?? "any").join(", ")}]`;
const sizeOf = (shape: Shape): number => shape.reduce<number>((product, length) => product * (length ?? 1), 1);

function matches(wanted: Shape, found: Shape): boolean {
  return wanted.length === found.length && wanted.every((length, axis) => length === null || length === found[axis]);
}

function checkInput(model: LayersModel, data: DataShape): ModelFit {
  const [batch = null, ...wanted] = model.inputs[0]?.shape ?? [];
  if (batch !== null) {
    throw new WhittleError(`The model takes batches of exactly ${batch} examples.`, {
      remedy: "Give the first layer `inputShape` (one example) in place of `batchInputShape`.",
    });
  }
  if (matches(wanted, data.xShape)) return { inputShape: data.xShape };
  // All pixels in another arrangement, such as [784] for [28, 28, 1]: row-major order is kept.
  const fixed = wanted.filter((length) => length !== null);
  if (fixed.length === wanted.length && sizeOf(fixed) === sizeOf(data.xShape)) {
    return { inputShape: fixed, note: `Examples of shape ${show(data.xShape)} are reshaped to ${show(fixed)}.` };
  }
  throw new WhittleError(
    `The model takes examples of shape ${show(wanted)}, but those of "${data.spec}" have shape ${show(data.xShape)}.`,
    { remedy: `Give the first layer inputShape: ${show(data.xShape)}, or choose other data.` },
  );
}

function checkOutput(model: LayersModel, data: DataShape, loss: Settings["loss"]): void {
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
        `The model gives out shape ${show(output)} an example, but "${data.spec}" wants ` +
          `${show([...data.yShape, classes])}: one number for each of ${classes} classes.`,
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
      `The model gives out shape ${show(output)} an example, but targets of "${data.spec}" have shape ` +
        `${show(data.yShape)}, which the loss ${loss} compares with it.`,
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
