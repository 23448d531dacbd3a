/** Layers that look at each position by itself: they are called on this one alone. */
import type * as Tf from "@tensorflow/tfjs";
import type { Application } from "../../compact/applications.ts";
import type { StepRule } from "./stepRule.ts";

/** Of these the axis has to be that of the features. */
const ALONG_AXIS: ReadonlySet<string> = new Set(["LayerNormalization", "Softmax", "Concatenate"]);

export const positionwise: StepRule = {
  classes: [
    ...[
      "Dense",
      "Activation",
      "ReLU",
      "LeakyReLU",
      "ELU",
      "ThresholdedReLU",
      "Dropout",
      "GaussianDropout",
      "GaussianNoise",
    ],
    ...["AlphaDropout", "Add", "Multiply", "Average", "Maximum", "Minimum", "RmsNormalization", ...ALONG_AXIS],
  ],
  fits: ({ layer, inputs }, isWritten) =>
    isWritten.every(Boolean) &&
    inputs.every(({ shape }) => shape.length === 3) &&
    (!ALONG_AXIS.has(layer.getClassName()) || isOfFeatures(layer)),
  step: ({ layer, inputs }) => ({ output: applied(layer, inputs) }),
};

/** Ids, position by position. */
export const embedding: StepRule = {
  classes: ["Embedding"],
  fits: (_application, isWritten) => isWritten.every(Boolean),
  step: ({ layer, inputs }) => ({ output: applied(layer, inputs) }),
};

/** As it is outside of training: its only output. */
export function applied(layer: Application["layer"], inputs: readonly Tf.Tensor[]): Tf.Tensor {
  const [output] = allApplied(layer, inputs);
  if (output === undefined) throw new Error(`${layer.name} gives nothing`);
  return output;
}

/** Likewise, all its outputs. */
export function allApplied(layer: Application["layer"], inputs: readonly Tf.Tensor[]): Tf.Tensor[] {
  const [only, ...others] = inputs;
  if (only === undefined) throw new Error(`${layer.name} is called on nothing`);
  return [layer.apply(others.length === 0 ? only : [...inputs], { training: false })].flat() as Tf.Tensor[];
}

function isOfFeatures(layer: Application["layer"]): boolean {
  const [axis = -1, ...others] = [layer.getConfig()["axis"] ?? -1].flat();
  return others.length === 0 && (axis === -1 || axis === 2);
}
