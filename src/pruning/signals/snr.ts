import type { Signal } from "./signal.ts";

/** Keeps 0 / 0 at 0. */
const TINY = 1e-30;

/** |Ḡ| / √(mean of G²), 0..1: how much the batches agree on where the weight should go. */
export const snr: Signal = {
  averages: ["gradient", "square"],
  compute: (tf, { average }) => tf.div(tf.abs(average("gradient")), tf.add(tf.sqrt(average("square")), TINY)),
};
