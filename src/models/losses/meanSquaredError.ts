import { type Loss, plain } from "./loss.ts";

/** Over all outputs of all examples. */
export const meanSquaredError: Loss = {
  create: (tf, model) => plain(model, (yTrue, raw) => meanSquaredError.compare(tf, yTrue, raw)),
  compare: (tf, yTrue, raw) => tf.mean(tf.square(tf.sub(raw, tf.cast(yTrue, "float32")))),
};
