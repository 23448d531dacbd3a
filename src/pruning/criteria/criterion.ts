/** What decides which weights go. */
import type * as Tf from "@tensorflow/tfjs";
import type { AverageName, ReadAverage } from "../averages.ts";

export interface CriterionInput {
  readonly weights: Tf.Tensor;
  readonly average: ReadAverage;
}

export interface Criterion {
  /** The running means that it reads. */
  readonly averages: readonly AverageName[];
  /** Importance ≥ 0 of every weight, the smallest is pruned first; shape of the weights. */
  compute(tf: typeof Tf, input: CriterionInput): Tf.Tensor;
}
