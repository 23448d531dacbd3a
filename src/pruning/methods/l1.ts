import type { Method } from "./method.ts";

/** R = Σ |W|: gradient sign(W); its own step is the soft threshold sign(W)·max(0, |W| − λ), the same for all weights. */
export const l1: Method = {
  reads: () => undefined,
  irrelevance: () => 1,
  gradient: (tf, { weights }) => tf.sign(weights),
  shrink: (tf, { weights }, lambda) => tf.mul(tf.sign(weights), tf.relu(tf.sub(tf.abs(weights), lambda))),
};
