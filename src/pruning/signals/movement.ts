import type { Signal } from "./signal.ts";

/** relu(−W·Ḡ): how much the loss pushes the weight away from 0, batches' noise cancelled (arXiv 2005.07683's score). */
export const movement: Signal = {
  averages: ["gradient"],
  compute: (tf, { weights, average }) => tf.relu(tf.neg(tf.mul(weights, average("gradient")))),
};
