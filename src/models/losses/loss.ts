/** The data term of the loss, for a model as its user wrote it. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { weightedMean } from "./weightedMean.ts";

export interface Objective {
  /** `x`: `[batch, …]`, one for each input → logits or outputs, what `loss` and `predict` take. Builds the graph that gradients need. */
  readonly forward: (x: Tf.Tensor | Tf.Tensor[], options: { training: boolean }) => Tf.Tensor;
  /** Mean over the batch, a scalar. @param weights see `weightedMean` */
  readonly loss: (yTrue: Tf.Tensor, raw: Tf.Tensor, weights?: Tf.Tensor) => Tf.Scalar;
  /** Probabilities where `raw` are logits, else the model's outputs as they are: what metrics are computed from. */
  readonly predict: (raw: Tf.Tensor) => Tf.Tensor;
  /** True where `forward` gives logits. */
  readonly fromLogits: boolean;
}

/** A loss that has a name. */
export interface Loss {
  /** @param smoothing part of each target that is spread over all classes, where there are classes */
  create(tf: TF, model: Tf.LayersModel, smoothing: number): Objective;
  /** Of outputs as the model gives them. @returns `[batch, …]`, a value for each example, position or output */
  compare(tf: TF, yTrue: Tf.Tensor, output: Tf.Tensor, smoothing: number): Tf.Tensor;
}

/** Of the model's outputs as they are. @param losses `[batch, …]` */
export function plain(
  tf: TF,
  model: Tf.LayersModel,
  losses: (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Tensor,
): Objective {
  return {
    forward: (x, options) => model.apply(x, options) as Tf.Tensor,
    loss: (yTrue, raw, weights) => weightedMean(tf, losses(yTrue, raw), weights),
    predict: (raw) => raw,
    fromLogits: false,
  };
}
