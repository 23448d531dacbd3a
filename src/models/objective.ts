/**
 * The data term of the loss, for a model as its user wrote it.
 *
 * Cross-entropies are computed from logits, the values before the final softmax (or sigmoid): log(softmax(z)) in one
 * piece neither overflows nor loses the gradient of an example that is badly wrong, as log of a clipped probability does
 * (tf.losses of the layers package clips at 1e-7). So where the last layer is a dense layer with that activation, or an
 * activation layer of its own, the network is evaluated up to there. A last dense layer without activation is taken to
 * give logits, since its values are no probabilities. Only for anything else is the clipped logarithm taken.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { LossFunction } from "./experiment.ts";

type Squash = "softmax" | "sigmoid";

/** Probabilities closer to 0 and 1 than this count as this. */
const CLIP = 1e-7;

export interface Objective {
  /** `x`: `[batch, …]` → logits or outputs, what `loss` and `predict` take. Builds the graph that gradients need. */
  readonly forward: (x: Tf.Tensor, options: { training: boolean }) => Tf.Tensor;
  /** Mean over the batch, a scalar. */
  readonly loss: (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Scalar;
  /** Probabilities where `raw` are logits, else the model's outputs as they are: what metrics are computed from. */
  readonly predict: (raw: Tf.Tensor) => Tf.Tensor;
  /** True where `forward` gives logits. */
  readonly fromLogits: boolean;
}

type Forward = Objective["forward"];

/** Name of the layer's activation, from its serialised form: `softmax`, `relu`, `linear`, … */
function activationOf(layer: Tf.layers.Layer): string | undefined {
  if (layer.getClassName() === "Softmax") return "softmax";
  if (layer.getClassName() !== "Dense" && layer.getClassName() !== "Activation") return undefined;
  const { activation } = layer.getConfig();
  return typeof activation === "string" ? activation : "linear";
}

/** The values that the final `squash` is applied to, if they can be had. */
function forwardToLogits(tf: TF, model: Tf.LayersModel, squash: Squash): Forward | undefined {
  const output = model.outputs[0];
  if (!output) return undefined;
  const last = output.sourceLayer;
  const activation = activationOf(last);
  if (activation === "linear") return (x, options) => model.apply(x, options) as Tf.Tensor;
  if (activation !== squash) return undefined;
  // A layer can be used several times: this is the use that gives the model's output.
  const input = last.getInputAt(output.nodeIndex) as Tf.SymbolicTensor;
  if (last.getClassName() === "Softmax" && !isLastAxis(last, input.shape.length)) return undefined;
  const below = forwardTo(tf, model, input);
  if (last.getClassName() !== "Dense") return below;
  if (input.shape.length !== 2) return undefined;
  return (x, options) => {
    const [kernel, bias] = last.weights.map((weight) => weight.read());
    if (!kernel) throw new Error("a dense layer without weights");
    const product = tf.matMul(below(x, options), kernel as Tf.Tensor2D);
    return bias ? tf.add(product, bias) : product;
  };
}

/** The model up to `end`. */
function forwardTo(tf: TF, model: Tf.LayersModel, end: Tf.SymbolicTensor): Forward {
  if (model.inputs[0] === end) return (x) => x;
  const part = tf.model({ inputs: model.inputs, outputs: end });
  return (x, options) => part.apply(x, options) as Tf.Tensor;
}

function isLastAxis(layer: Tf.layers.Layer, rank: number): boolean {
  const { axis } = layer.getConfig();
  return axis === undefined || axis === null || axis === -1 || axis === rank - 1;
}

/** −Σ target · log softmax(logits), mean over all but the last axis; the gradient in one piece: softmax − target. */
function softmaxCrossEntropy(tf: TF, targets: Tf.Tensor, logits: Tf.Tensor): Tf.Scalar {
  const rows = logits.size / (logits.shape.at(-1) ?? 1);
  const compute = tf.customGrad((values, save) => {
    const logits = values as Tf.Tensor;
    const logs = tf.logSoftmax(logits);
    // Both: the forward pass ends its tensors before the gradient asks for them.
    (save as Tf.GradSaveFunc)([logs, targets]);
    return {
      value: tf.div(tf.neg(tf.sum(tf.mul(targets, logs))), rows) as Tf.Scalar,
      gradFunc: (dy, saved) => {
        const [kept, wanted] = saved;
        if (!kept || !wanted) throw new Error("nothing saved for the gradient");
        return tf.mul(tf.sub(tf.exp(kept), wanted), tf.div(dy, rows));
      },
    };
  });
  return compute(logits) as Tf.Scalar;
}

function clippedCrossEntropy(tf: TF, targets: Tf.Tensor, probabilities: Tf.Tensor): Tf.Scalar {
  const rows = probabilities.size / (probabilities.shape.at(-1) ?? 1);
  const logs = tf.log(tf.clipByValue(probabilities, CLIP, 1));
  return tf.div(tf.neg(tf.sum(tf.mul(targets, logs))), rows) as Tf.Scalar;
}

/** max(z, 0) − z·t + log(1 + exp(−|z|)), the form that cannot overflow. */
function sigmoidCrossEntropy(tf: TF, targets: Tf.Tensor, logits: Tf.Tensor): Tf.Scalar {
  const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return tf.mean(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tail)) as Tf.Scalar;
}

function clippedBinary(tf: TF, targets: Tf.Tensor, probabilities: Tf.Tensor): Tf.Scalar {
  const p = tf.clipByValue(probabilities, CLIP, 1 - CLIP);
  const q = tf.clipByValue(tf.sub(1, probabilities), CLIP, 1 - CLIP);
  const logs = tf.add(tf.mul(targets, tf.log(p)), tf.mul(tf.sub(1, targets), tf.log(q)));
  return tf.neg(tf.mean(logs)) as Tf.Scalar;
}

/** Class ids → one row of zeros with a one for each; float32. */
function oneHot(tf: TF, ids: Tf.Tensor, classes: number): Tf.Tensor {
  return tf.cast(tf.oneHot(tf.cast(ids, "int32"), classes), "float32");
}

/** Objective of a cross-entropy: from logits where they can be had, else from clipped probabilities. */
function crossEntropy(
  tf: TF,
  model: Tf.LayersModel,
  squash: Squash,
  losses: Record<"logits" | "probabilities", (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Scalar>,
): Objective {
  const forward = forwardToLogits(tf, model, squash);
  if (!forward) return { ...plain(model, losses.probabilities), fromLogits: false };
  const apply = squash === "softmax" ? tf.softmax : tf.sigmoid;
  return {
    forward,
    loss: losses.logits,
    predict: (raw) => apply(raw),
    fromLogits: true,
  };
}

function plain(model: Tf.LayersModel, loss: (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Tensor): Objective {
  return {
    forward: (x, options) => model.apply(x, options) as Tf.Tensor,
    loss: (yTrue, raw) => loss(yTrue, raw) as Tf.Scalar,
    predict: (raw) => raw,
    fromLogits: false,
  };
}

/**
 * @param name the setting `loss`
 * @param custom the function of the experiment where that is `custom`; it is given the model's outputs
 */
export function createObjective(
  tf: TF,
  model: Tf.LayersModel,
  name: Settings["loss"],
  custom?: LossFunction,
): Objective {
  switch (name) {
    case "sparseCategoricalCrossentropy": {
      const targets = (ids: Tf.Tensor, raw: Tf.Tensor) => oneHot(tf, ids, raw.shape.at(-1) ?? 1);
      return crossEntropy(tf, model, "softmax", {
        logits: (ids, raw) => softmaxCrossEntropy(tf, targets(ids, raw), raw),
        probabilities: (ids, raw) => clippedCrossEntropy(tf, targets(ids, raw), raw),
      });
    }
    case "categoricalCrossentropy":
      return crossEntropy(tf, model, "softmax", {
        logits: (yTrue, raw) => softmaxCrossEntropy(tf, tf.cast(yTrue, "float32"), raw),
        probabilities: (yTrue, raw) => clippedCrossEntropy(tf, tf.cast(yTrue, "float32"), raw),
      });
    case "binaryCrossentropy":
      return crossEntropy(tf, model, "sigmoid", {
        logits: (yTrue, raw) => sigmoidCrossEntropy(tf, tf.cast(yTrue, "float32"), raw),
        probabilities: (yTrue, raw) => clippedBinary(tf, tf.cast(yTrue, "float32"), raw),
      });
    case "meanSquaredError":
      return plain(model, (yTrue, raw) => tf.mean(tf.square(tf.sub(raw, tf.cast(yTrue, "float32")))));
    case "custom":
      if (!custom) throw usageError(`Setting loss = "custom" without a function.`, "Give the loss in the experiment.");
      return plain(model, custom);
  }
}
