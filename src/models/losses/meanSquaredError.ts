import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { type Loss, plain } from "./loss.ts";

/** Over all outputs of all examples. */
export const meanSquaredError: Loss = {
  create: (tf, model) => plain(tf, model, (yTrue, raw) => squaredError(tf, yTrue, raw)),
  compare: squaredError,
};

function squaredError(tf: TF, yTrue: Tf.Tensor, raw: Tf.Tensor): Tf.Tensor {
  return tf.square(tf.sub(raw, tf.cast(yTrue, "float32")));
}
