/** Cross-entropy of classes that exclude each other. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { crossEntropy } from "./logits.ts";
import type { Objective } from "./loss.ts";

/** Probabilities closer to 0 than this count as this. */
const CLIP = 1e-7;

/** Targets are rows of probabilities of the classes, or class ids, which have one axis less. */
export function categorical(tf: TF, model: Tf.LayersModel, smoothing: number): Objective {
  return crossEntropy(tf, model, "softmax", {
    logits: (yTrue, raw) =>
      (smoothing === 0 ? idCrossEntropy(tf, yTrue, raw) : undefined) ??
      softmaxCrossEntropy(tf, asRows(tf, yTrue, raw, smoothing), raw),
    probabilities: (yTrue, raw) => compareClasses(tf, yTrue, raw, smoothing),
  });
}

/** Of probabilities. @returns one for each example or position */
export function compareClasses(tf: TF, yTrue: Tf.Tensor, probabilities: Tf.Tensor, smoothing: number): Tf.Tensor {
  return clippedCrossEntropy(tf, asRows(tf, yTrue, probabilities, smoothing), probabilities);
}

/** (1 − s) · target + s / classes (arXiv 1512.00567). */
function asRows(tf: TF, yTrue: Tf.Tensor, outputs: Tf.Tensor, smoothing: number): Tf.Tensor {
  const classes = outputs.shape.at(-1) ?? 1;
  const rows = yTrue.rank < outputs.rank ? oneHot(tf, yTrue, classes) : tf.cast(yTrue, "float32");
  return smoothing === 0 ? rows : tf.add(tf.mul(rows, 1 - smoothing), smoothing / classes);
}

const ID_KERNEL = "SparseSoftmaxCrossEntropyWithLogits";

/** Of class ids, by the engine's own kernel where it has one. */
function idCrossEntropy(tf: TF, ids: Tf.Tensor, logits: Tf.Tensor): Tf.Tensor | undefined {
  if (ids.rank !== logits.rank - 1 || tf.getKernel(ID_KERNEL, tf.getBackend()) === undefined) return undefined;
  const [losses] = tf.engine().runKernel<Tf.Tensor[]>(ID_KERNEL, {
    logits: logits.rank === 2 ? logits : tf.reshape(logits, [ids.size, -1]),
    labels: tf.cast(ids.rank === 1 ? ids : tf.reshape(ids, [-1]), "int32"),
  });
  return losses === undefined || ids.rank === 1 ? losses : tf.reshape(losses, ids.shape);
}

/** −Σ target · log softmax(logits) over the last axis; the gradient in one piece: softmax − target. */
function softmaxCrossEntropy(tf: TF, targets: Tf.Tensor, logits: Tf.Tensor): Tf.Tensor {
  const compute = tf.customGrad((values, save) => {
    const logits = values as Tf.Tensor;
    const logs = tf.logSoftmax(logits);
    // Both: the forward pass ends its tensors before the gradient asks for them.
    (save as Tf.GradSaveFunc)([logs, targets]);
    return {
      value: tf.neg(tf.sum(tf.mul(targets, logs), -1)),
      gradFunc: (dy, saved) => {
        const [kept, wanted] = saved;
        if (!kept || !wanted) throw new Error("nothing saved for the gradient");
        return tf.mul(tf.sub(tf.exp(kept), wanted), tf.expandDims(dy, -1));
      },
    };
  });
  return compute(logits);
}

function clippedCrossEntropy(tf: TF, targets: Tf.Tensor, probabilities: Tf.Tensor): Tf.Tensor {
  const logs = tf.log(tf.clipByValue(probabilities, CLIP, 1));
  return tf.neg(tf.sum(tf.mul(targets, logs), -1));
}

/** Class ids → one row of zeros with a one for each; float32. */
function oneHot(tf: TF, ids: Tf.Tensor, classes: number): Tf.Tensor {
  return tf.cast(tf.oneHot(tf.cast(ids, "int32"), classes), "float32");
}
