/**
 * What the regularization shrinks: each method gives the irrelevance I in [0, 1] of every weight of one tensor, and the
 * update removes λ·W·I (see update.ts).
 *
 *   irrelevance  I = exp(−S / s), S = |G| or |W·G| of the batch or its running mean, s = 1, mean S or max S over the
 *                surviving weights of the tensor. Our reading of arXiv 2204.04977: its abstract fixes the behaviour
 *                (selective shrinking by relevance), the exponential and the scale are ours.
 *   lobster      I = max(0, 1 − |G|), the public LOBSTER code (arXiv 2011.09905).
 *   l2           I = 1: classical weight decay, decoupled (arXiv 1711.05101).
 *   none         I = 0: plain magnitude pruning.
 *
 * I is never differentiated: it is computed from a finished gradient.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { MethodName, PruningSettings } from "../protocol/settings.ts";

type TF = typeof Tf;

export interface IrrelevanceInput {
  /** S ≥ 0, shape of the weight tensor, 0 where the mask is 0. */
  readonly signal: Tf.Tensor;
  /** Surviving weights of the tensor. */
  readonly alive: number;
  readonly settings: Pick<PruningSettings, "scale" | "floor">;
}

export interface Method {
  /** Whether I depends on the signal; where not, the update saves itself the work. */
  readonly usesSignal: boolean;
  /** A tensor of the signal's shape, or one number for all weights. */
  irrelevance(tf: TF, input: IrrelevanceInput): Tf.Tensor | number;
}

/** Keeps the quotient defined where every gradient is 0: then I = exp(0) = 1, nothing is relevant. */
const TINY = 1e-30;

const irrelevance: Method = {
  usesSignal: true,
  irrelevance(tf, { signal, alive, settings }) {
    const selective = tf.exp(
      tf.neg(settings.scale === "none" ? signal : tf.div(signal, scaleOf(tf, signal, alive, settings.scale))),
    );
    return settings.floor === 0 ? selective : tf.add(tf.mul(selective, 1 - settings.floor), settings.floor);
  },
};

function scaleOf(tf: TF, signal: Tf.Tensor, alive: number, scale: "mean" | "max"): Tf.Tensor {
  const size = scale === "max" ? tf.max(signal) : tf.mul(tf.sum(signal), 1 / Math.max(1, alive));
  return tf.maximum(size, TINY);
}

const lobster: Method = {
  usesSignal: true,
  irrelevance: (tf, { signal }) => tf.relu(tf.sub(1, signal)),
};

const l2: Method = { usesSignal: false, irrelevance: () => 1 };

const none: Method = { usesSignal: false, irrelevance: () => 0 };

export const METHODS: Readonly<Record<MethodName, Method>> = { irrelevance, lobster, l2, none };
