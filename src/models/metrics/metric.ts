/** What metrics share. Each gives values for its examples, so that figures over uneven batches are right. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { Metric } from "../experiment.ts";

/** A metric that has a name. */
export interface NamedMetric extends Pick<Metric, "better" | "finish" | "summarize"> {
  /** `[batch, …]`, a value for each example, position or output; with `summarize`, `[batch, …, columns]` */
  compute(tf: TF, yTrue: Tf.Tensor, yPred: Tf.Tensor): Tf.Tensor;
}
