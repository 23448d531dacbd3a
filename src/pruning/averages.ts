/**
 * Running means over the minibatches of regularized training, of each weight's gradient and of what follows from it:
 *
 *   A ← β·A + (1−β)·a;  read as A / (1 − βᵗ)
 *
 * with β the setting `average`, t the updates since the optimizer was reset, and a the batch's value. β = 0 is the batch
 * alone, and keeps nothing.
 */
import type * as Tf from "@tensorflow/tfjs";

type TF = typeof Tf;

export interface BatchInput {
  /** As before the step. */
  readonly weights: Tf.Tensor;
  /** Of the data term, 0 where the mask is 0; same shape. */
  readonly gradient: Tf.Tensor;
}

/** What a running mean can be of, as of one batch. */
export const AVERAGES = {
  gradient: (_tf: TF, { gradient }: BatchInput): Tf.Tensor => gradient,
  size: (tf: TF, { gradient }: BatchInput): Tf.Tensor => tf.abs(gradient),
  influence: (tf: TF, { weights, gradient }: BatchInput): Tf.Tensor => tf.abs(tf.mul(weights, gradient)),
  square: (tf: TF, { gradient }: BatchInput): Tf.Tensor => tf.square(gradient),
} as const;

export type AverageName = keyof typeof AVERAGES;

/** Reads a running mean that the caller has asked for; same shape as the weights. */
export type ReadAverage = (name: AverageName) => Tf.Tensor;
