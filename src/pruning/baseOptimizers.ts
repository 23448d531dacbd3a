/**
 * Base optimizers of the regularized update, in PyTorch's conventions (`torch.optim`, no weight decay, no Nesterov):
 *   sgd       Δ = −η·G
 *   momentum  v ← μ·v + G;                        Δ = −η·v
 *   rmsprop   v ← ρ·v + (1−ρ)·G²;                 Δ = −η·G / (√v + ε)
 *   adam      m ← β1·m + (1−β1)·G; v ← β2·v + (1−β2)·G²;
 *             Δ = −η·m/(1−β1ᵗ) / (√(v/(1−β2ᵗ)) + ε)                    (arXiv 1412.6980)
 * An increment that does not depend on W is what lets the shrinking be a decoupled step beside it.
 *
 * Not tf.train's: their saved state loses bits (Adam restores β1ᵗ through pow), so a resumed run would differ, and it
 * cannot be masked by name.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { OptimizerSettings } from "../protocol/settings.ts";
import type { ReadNumber } from "./stepNumbers.ts";

type TF = typeof Tf;

export interface Increment {
  /** To be added to the weights; same shape as the gradient. */
  readonly delta: Tf.Tensor;
  /** New slot values, in the order of `slots`. */
  readonly slots: readonly Tf.Tensor[];
}

export interface BaseOptimizer {
  /** Names of the state tensors kept per weight tensor, each of its shape and 0 at the start. */
  readonly slots: readonly string[];
  /**
   * What of the formulas above is another number at each step.
   * @param step 1 at the first update after a reset
   */
  numbers(learningRate: number, step: number): Readonly<Record<string, number>>;
  /** @param numbers as scalars, by their names */
  increment(gradient: Tf.Tensor, slots: readonly Tf.Tensor[], numbers: ReadNumber): Increment;
}

function slot(slots: readonly Tf.Tensor[], index: number): Tf.Tensor {
  const tensor = slots[index];
  if (tensor === undefined) throw new Error(`optimizer slot ${index} is missing`);
  return tensor;
}

/** β·a + (1−β)·b */
function runningMean(tf: TF, a: Tf.Tensor, b: Tf.Tensor, decay: number): Tf.Tensor {
  return tf.add(tf.mul(a, decay), tf.mul(b, 1 - decay));
}

export function createBaseOptimizer(tf: TF, settings: OptimizerSettings): BaseOptimizer {
  const { momentum, decay, epsilon } = settings;
  const descent = (learningRate: number) => ({ descent: -learningRate });
  switch (settings.name) {
    case "sgd":
      return {
        slots: [],
        numbers: descent,
        increment: (g, _slots, number) => ({ delta: tf.mul(g, number("descent")), slots: [] }),
      };
    case "momentum":
      return {
        slots: ["velocity"],
        numbers: descent,
        increment(g, slots, number) {
          const v = tf.add(tf.mul(slot(slots, 0), momentum), g);
          return { delta: tf.mul(v, number("descent")), slots: [v] };
        },
      };
    case "rmsprop":
      return {
        slots: ["meanSquare"],
        numbers: descent,
        increment(g, slots, number) {
          const v = runningMean(tf, slot(slots, 0), tf.square(g), decay);
          return { delta: tf.div(tf.mul(g, number("descent")), tf.add(tf.sqrt(v), epsilon)), slots: [v] };
        },
      };
    case "adam":
      return {
        slots: ["mean", "meanSquare"],
        numbers: (learningRate, step) => ({
          descent: -learningRate / (1 - momentum ** step),
          rootCorrection: 1 / Math.sqrt(1 - decay ** step),
        }),
        increment(g, slots, number) {
          const m = runningMean(tf, slot(slots, 0), g, momentum);
          const v = runningMean(tf, slot(slots, 1), tf.square(g), decay);
          const root = tf.mul(tf.sqrt(v), number("rootCorrection"));
          return { delta: tf.div(tf.mul(m, number("descent")), tf.add(root, epsilon)), slots: [m, v] };
        },
      };
  }
}
