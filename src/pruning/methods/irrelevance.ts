import type * as Tf from "@tensorflow/tfjs";
import { type MethodInput, quadratic } from "./method.ts";

/** Keeps the quotient defined where every signal is 0: then I = exp(0) = 1, nothing is relevant. */
const TINY = 1e-30;

/**
 * I = f + (1 − f)·exp(−S / s): arXiv 2204.04977. S is the setting `signal`, f the `floor`, s the `scale`: the constant α as
 * in the authors' code, or the mean or largest S of the tensor's surviving weights, which makes the factor selective
 * however small gradients are.
 */
export const irrelevance = quadratic({
  reads: ({ signal, average }) => ({ signal, average }),
  floor: ({ floor }) => floor,
  factor(tf, input) {
    const signal = input.signal();
    return tf.exp(tf.mul(signal, tf.div(-1, scaleOf(tf, signal, input))));
  },
});

function scaleOf(tf: typeof Tf, signal: Tf.Tensor, { settings, perSurvivor }: MethodInput): Tf.Tensor | number {
  if (settings.scale === "alpha") return settings.alpha;
  const size = settings.scale === "max" ? tf.max(signal) : tf.mul(tf.sum(signal), perSurvivor);
  return tf.maximum(size, TINY);
}
