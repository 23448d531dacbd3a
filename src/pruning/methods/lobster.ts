import { quadratic } from "./method.ts";

/** I = max(0, 1 − |G|) of the minibatch, whatever the settings of the signal: the public LOBSTER code (arXiv 2011.09905). */
export const lobster = quadratic({
  reads: () => ({ signal: "gradient", average: 0 }),
  factor: (tf, { signal }) => tf.relu(tf.sub(1, signal())),
});
