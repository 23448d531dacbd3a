/**
 * Gradients that TensorFlow.js 4.22.0 puts together from more than they need. On all engines that of Tile; where the engine
 * has a kernel of its own for one, by that. What they compute is the same, in another order of summation.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "./types.ts";

type Attributes = Parameters<Tf.GradFunc>[2];
type Own = (
  dy: Tf.Tensor,
  saved: Tf.Tensor[],
  attributes: Attributes,
) => Readonly<Record<string, () => Tf.Tensor>> | undefined;

let isDone = false;

/** Once for a process, as the registry of gradients is: each asks the backend of the moment. */
export function improveGradients(tf: TF): void {
  if (isDone) return;
  isDone = true;
  const own: Readonly<Record<string, Own>> = {
    Tile: tileGradient(tf),
    Add: addGradient(tf),
    Relu: by(tf, "ReluGrad", "x"),
    Relu6: by(tf, "Relu6Grad", "x"),
    Softplus: by(tf, "SoftplusGrad", "x"),
    Sigmoid: by(tf, "SigmoidGrad", "x"),
    Tanh: by(tf, "TanhGrad", "x"),
  };
  for (const [kernelName, compute] of Object.entries(own)) {
    const theirs = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...theirs,
      gradFunc: (dy, saved, attributes) =>
        compute([dy].flat()[0] as Tf.Tensor, saved, attributes) ?? theirs.gradFunc(dy, saved, attributes),
    });
  }
  tf.registerGradient(crossEntropyGradient(tf));
  for (const kernelName of COMPARISONS) tf.registerGradient(comparisonGradient(tf, kernelName));
}

/** TensorFlow.js has no gradients of these, so that no loss could choose by them, as `tf.where(tf.greater(…), …)` does. */
const COMPARISONS = ["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"] as const;

/** 0: what is compared does not change the outcome by a small step. */
function comparisonGradient(tf: TF, kernelName: string): Tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc(_dy, saved) {
      const [a, b] = saved as [Tf.Tensor, Tf.Tensor];
      return { a: () => tf.zerosLike(a), b: () => tf.zerosLike(b) };
    },
  };
}

function hasKernel(tf: TF, name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

function runKernel(tf: TF, name: string, inputs: Tf.NamedTensorMap): Tf.Tensor {
  return tf.engine().runKernel(name, inputs) as Tf.Tensor;
}

/** Of an activation, by the one tensor that its gradient saves: what it was given or what it gave. */
function by(tf: TF, kernel: string, input: string): Own {
  return (dy, [of]) =>
    of !== undefined && hasKernel(tf, kernel) ? { [input]: () => runKernel(tf, kernel, { dy, of }) } : undefined;
}

/** Theirs is a slice and an addition for each repetition: thousands where a batch is normalized position by position. */
function tileGradient(tf: TF): Own {
  return (dy, [x], attributes) => {
    const { reps } = attributes as unknown as { readonly reps: readonly number[] };
    if (x === undefined) return undefined;
    // Each axis as repetitions × length; the sum goes over the repetitions.
    const shape = x.shape.flatMap((length, axis) => [reps[axis] ?? 1, length]);
    const repeated = x.shape.map((_, axis) => 2 * axis);
    return { x: () => tf.sum(tf.reshape(dy, shape), repeated) };
  };
}

/** Of a bias of vectors. Of images TensorFlow adds up in another order in a graph. */
function addGradient(tf: TF): Own {
  return (dy, [a, b]) => {
    const isBias = a !== undefined && b !== undefined && b.rank === 1 && a.rank === 2 && a.shape.at(-1) === b.size;
    if (!isBias || b.dtype !== "float32" || !hasKernel(tf, "BiasAddGrad")) return undefined;
    return { a: () => tf.clone(dy), b: () => runKernel(tf, "BiasAddGrad", { dy }) };
  };
}

/** The kernel gives the gradient beside the losses. */
function crossEntropyGradient(tf: TF): Tf.GradConfig {
  return {
    kernelName: "SparseSoftmaxCrossEntropyWithLogits",
    outputsToSave: [false, true],
    gradFunc(dy, saved) {
      const [losses] = [dy].flat();
      const [gradient] = saved;
      if (losses === undefined || gradient === undefined) throw new Error("nothing saved for the gradient");
      return { logits: () => tf.mul(gradient, tf.expandDims(losses, -1)), labels: () => tf.zerosLike(losses) };
    },
  };
}
