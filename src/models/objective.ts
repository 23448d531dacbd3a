/** The data term of a run: a loss that has a name (losses/), or the user's own. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { LossFunction } from "./experiment.ts";
import { LOSSES } from "./losses/index.ts";
import { type Objective, plain } from "./losses/loss.ts";

/**
 * @param name the setting `loss`
 * @param custom the function where that is `custom`; it is given the model's outputs
 * @param labelSmoothing the setting
 */
export function createObjective(
  tf: TF,
  model: Tf.LayersModel,
  name: Settings["loss"],
  custom?: LossFunction,
  labelSmoothing = 0,
): Objective {
  if (name !== "custom") return LOSSES[name].create(tf, model, labelSmoothing);
  const loss = requireLoss(custom);
  return {
    ...plain(tf, model, loss),
    loss: (yTrue, raw, weights) => loss(yTrue, raw, weights) as Tf.Scalar,
  };
}

/** @throws WhittleError (usage) where the setting promises a function that is not there */
export function requireLoss(custom: LossFunction | undefined): LossFunction {
  if (!custom) throw usageError(`Setting loss = "custom" without a function.`, "Give the loss in the experiment.");
  return custom;
}
