/**
 * Cross-entropies are computed from logits, the values before the final softmax (or sigmoid): log(softmax(z)) in one
 * piece neither overflows nor loses the gradient of an example that is badly wrong, as log of a clipped probability does
 * (tf.losses of the layers package clips at 1e-7). So where the last layer is a dense layer with that activation, or an
 * activation layer of its own, the network is evaluated up to there. A last dense layer without activation is taken to
 * give logits, since its values are no probabilities. Only for anything else is the clipped logarithm taken.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { type Objective, plain } from "./loss.ts";
import { weightedMean } from "./weightedMean.ts";

type Squash = "softmax" | "sigmoid";

type Forward = Objective["forward"];

/** Name of the layer's activation, from its serialised form: `softmax`, `relu`, `linear`, … */
export function activationOf(layer: Tf.layers.Layer): string | undefined {
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
  if (model.inputs.includes(end)) return (x) => [x].flat()[model.inputs.indexOf(end)] as Tf.Tensor;
  const part = tf.model({ inputs: model.inputs, outputs: end });
  return (x, options) => part.apply(x, options) as Tf.Tensor;
}

function isLastAxis(layer: Tf.layers.Layer, rank: number): boolean {
  const { axis } = layer.getConfig();
  return axis === undefined || axis === null || axis === -1 || axis === rank - 1;
}

/**
 * Objective of a cross-entropy: from logits where they can be had, else from clipped probabilities.
 * @param losses `[batch, …]`, one for each example or position
 */
export function crossEntropy(
  tf: TF,
  model: Tf.LayersModel,
  squash: Squash,
  losses: Record<"logits" | "probabilities", (yTrue: Tf.Tensor, raw: Tf.Tensor) => Tf.Tensor>,
): Objective {
  const forward = forwardToLogits(tf, model, squash);
  if (!forward) return { ...plain(tf, model, losses.probabilities), fromLogits: false };
  const apply = squash === "softmax" ? tf.softmax : tf.sigmoid;
  return {
    forward,
    loss: (yTrue, raw, weights) => weightedMean(tf, losses.logits(yTrue, raw), weights),
    predict: (raw) => apply(raw),
    fromLogits: true,
  };
}
