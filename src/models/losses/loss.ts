/** The data term of the loss, for a model as its user wrote it. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";

export interface Objective {
  /** `x`: `[batch, …]` → logits or outputs, what `loss` and `predict` take. Builds the graph that gradients need. */
  readonly forward: (x: Tf.Tensor, options: { training: boolean }) => Tf.Tensor;
  /** Mean over the batch, a scalar. */
  readonly loss: (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Scalar;
  /** Probabilities where `raw` are logits, else the model's outputs as they are: what metrics are computed from. */
  readonly predict: (raw: Tf.Tensor) => Tf.Tensor;
  /** True where `forward` gives logits. */
  readonly fromLogits: boolean;
}

/** A loss that has a name. */
export interface Loss {
  /** @param smoothing part of each target that is spread over all classes, where there are classes */
  create(tf: TF, model: Tf.LayersModel, smoothing: number): Objective;
  /** Of outputs as the model gives them. @returns the mean over the batch, a scalar */
  compare(tf: TF, yTrue: Tf.Tensor, output: Tf.Tensor, smoothing: number): Tf.Tensor;
}

/** Of the model's outputs as they are. @param loss the mean over the batch, a scalar */
export function plain(model: Tf.LayersModel, loss: (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Tensor): Objective {
  return {
    forward: (x, options) => model.apply(x, options) as Tf.Tensor,
    loss: (yTrue, raw) => loss(yTrue, raw) as Tf.Scalar,
    predict: (raw) => raw,
    fromLogits: false,
  };
}
