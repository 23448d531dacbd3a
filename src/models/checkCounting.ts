/** Do a data set's weights, and the setting `ignoreTarget`, go with the loss? */
import type { LayersModel } from "@tensorflow/tfjs";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { DataShape } from "./check.ts";
import type { LossFunction } from "./experiment.ts";

/** @throws WhittleError (usage) where something would not count as it is said to */
export function checkCounting(
  model: LayersModel,
  { spec, classes, wShape }: DataShape,
  {
    loss,
    ignoreTarget,
    custom,
  }: Pick<Settings, "loss" | "ignoreTarget"> & { readonly custom: LossFunction | undefined },
): void {
  if (ignoreTarget !== undefined && (classes === undefined || model.outputs.length > 1)) {
    throw usageError(
      `Setting ignoreTarget = ${ignoreTarget} is of class ids, but "${spec}" has ${classes === undefined ? "none" : "several targets"}.`,
      "Leave it out; weights w in the data say which targets count.",
    );
  }
  const hasWeights = wShape !== undefined || ignoreTarget !== undefined;
  // Any other number may stand for arguments that JavaScript does not count.
  if (loss === "custom" && hasWeights && custom?.length === 2) {
    throw usageError(
      `Not all targets of "${spec}" count alike, but the loss function does not take their weights.`,
      "Take them: (yTrue, yPred, weights) => …, and multiply the losses by them before the mean.",
    );
  }
}
