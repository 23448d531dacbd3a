import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import type { WritingPlan } from "./plan.ts";

/** Smaller probabilities count as this. */
const LEAST = 1e-30;

/** @param outputs `[rows, 1, vocabulary]`, as the plan says what they are @returns `[rows, vocabulary]` */
export function logProbabilities(tf: TF, { outputIs }: WritingPlan, outputs: Tf.Tensor): Tf.Tensor2D {
  const flat = tf.reshape(outputs, [outputs.shape[0] ?? 1, -1]) as Tf.Tensor2D;
  return outputIs === "logits" ? tf.logSoftmax(flat) : tf.log(tf.maximum(flat, LEAST));
}
