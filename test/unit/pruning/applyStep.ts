import * as tf from "@tensorflow/tfjs";
import { packNumbers } from "../../../src/pruning/stepNumbers.ts";
import type { Update } from "../../../src/pruning/update.ts";

/** Plans a step and applies it. */
export function applyStep(
  update: Update,
  gradients: readonly tf.Tensor[],
  rate: number,
  strength: number | null,
): void {
  const plan = update.plan(rate, strength);
  tf.tidy(() => plan.apply(gradients, packNumbers(tf, plan.numbers)));
}
