/** What metrics share. Each gives rows for its examples, so that figures over uneven batches are right. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { Metric } from "../experiment.ts";

/** A metric that has a name. */
export interface NamedMetric extends Pick<Metric, "better" | "finish" | "summarize"> {
  /** `[batch]`; with `summarize`, `[batch, …, columns]` */
  compute(tf: TF, yTrue: Tf.Tensor, yPred: Tf.Tensor): Tf.Tensor;
}

/** Mean over everything but the first axis: `[batch, …]` → `[batch]`. */
export function meanPerExample(tf: TF, values: Tf.Tensor): Tf.Tensor {
  const batch = values.shape[0] ?? 1;
  return tf.mean(tf.reshape(tf.cast(values, "float32"), [batch, -1]), 1);
}
