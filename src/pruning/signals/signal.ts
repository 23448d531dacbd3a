/** What irrelevance is read from. */
import type * as Tf from "@tensorflow/tfjs";
import type { AverageName, ReadAverage } from "../averages.ts";

export interface SignalInput {
  /** As before the step. */
  readonly weights: Tf.Tensor;
  readonly average: ReadAverage;
}

export interface Signal {
  /** The running means that it reads. */
  readonly averages: readonly AverageName[];
  /** S ≥ 0 of every weight, the larger the more relevant; shape of the weights, 0 where the mask is 0. */
  compute(tf: typeof Tf, input: SignalInput): Tf.Tensor;
}
