import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { crossEntropy } from "./logits.ts";
import type { Loss } from "./loss.ts";

/** Probabilities closer to 0 and 1 than this count as this. */
const CLIP = 1e-7;

/** Of classes that do not exclude each other; targets 0 to 1, of the outputs' shape. */
export const binaryCrossentropy: Loss = {
  create: (tf, model) =>
    crossEntropy(tf, model, "sigmoid", {
      logits: (yTrue, raw) => sigmoidCrossEntropy(tf, tf.cast(yTrue, "float32"), raw),
      probabilities: (yTrue, raw) => clippedBinary(tf, tf.cast(yTrue, "float32"), raw),
    }),
  compare: (tf, yTrue, output) => clippedBinary(tf, tf.cast(yTrue, "float32"), output),
};

/** max(z, 0) − z·t + log(1 + exp(−|z|)), the form that cannot overflow. */
function sigmoidCrossEntropy(tf: TF, targets: Tf.Tensor, logits: Tf.Tensor): Tf.Tensor {
  const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tail);
}

function clippedBinary(tf: TF, targets: Tf.Tensor, probabilities: Tf.Tensor): Tf.Tensor {
  const p = tf.clipByValue(probabilities, CLIP, 1 - CLIP);
  const q = tf.clipByValue(tf.sub(1, probabilities), CLIP, 1 - CLIP);
  const logs = tf.add(tf.mul(targets, tf.log(p)), tf.mul(tf.sub(1, targets), tf.log(q)));
  return tf.neg(logs);
}
