/**
 * What the regularization does to the weights of one tensor. A method is a term of the loss, R(W), whose strength the
 * update applies in one of two ways (see update.ts): added to the loss's gradient, or as a step of its own.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { PruningSettings, SignalName } from "../../protocol/settings.ts";

type TF = typeof Tf;

export interface MethodInput {
  /** As before the step. */
  readonly weights: Tf.Tensor;
  /** S ≥ 0 of the method's signal, shape of the weights, 0 where the mask is 0. */
  readonly signal: () => Tf.Tensor;
  /** 1 / surviving weights of the tensor. */
  readonly perSurvivor: Tf.Scalar;
  readonly settings: Pick<PruningSettings, "scale" | "alpha" | "floor">;
}

export interface Method {
  /** The signal that it reads, and whether as a running mean; undefined: none, the update saves itself the work. */
  reads(
    settings: Pick<PruningSettings, "signal" | "average">,
  ): { readonly signal: SignalName; readonly average: number } | undefined;
  /** I in [0, 1] of every weight, or one number for all; never differentiated, as it comes from a finished gradient. */
  irrelevance(tf: TF, input: MethodInput): Tf.Tensor | number;
  /** ∂R/∂W with strength 1; undefined where it is 0. */
  gradient(tf: TF, input: MethodInput): Tf.Tensor | undefined;
  /** W after a step of strength λ on R alone. */
  shrink(tf: TF, input: MethodInput, lambda: Tf.Scalar): Tf.Tensor;
}

interface Quadratic extends Pick<Method, "reads"> {
  /** E in I = f + (1 − f)·E: in [0, 1], of every weight or one number for all. */
  factor(tf: TF, input: MethodInput): Tf.Tensor | number;
  /** f; 0 when absent. */
  floor?(settings: MethodInput["settings"]): number;
}

/** R = Σ W²·I: gradient 2·W·I, step W − λ·W·I. Both as W·(a·E + b), which goes over the weights three times and not five. */
export function quadratic({ reads, factor, floor = () => 0 }: Quadratic): Method {
  const scaled = (tf: TF, input: MethodInput, a: Tf.Scalar | number, b: Tf.Scalar | number): Tf.Tensor => {
    const values = factor(tf, input);
    return tf.mul(input.weights, tf.add(tf.mul(values, a), b));
  };
  return {
    reads,
    irrelevance(tf, input) {
      const values = factor(tf, input);
      const least = floor(input.settings);
      if (typeof values === "number") return least + (1 - least) * values;
      return least === 0 ? values : tf.add(tf.mul(values, 1 - least), least);
    },
    gradient(tf, input) {
      const least = floor(input.settings);
      return scaled(tf, input, 2 * (1 - least), 2 * least);
    },
    shrink(tf, input, lambda) {
      const least = floor(input.settings);
      return scaled(tf, input, tf.mul(lambda, least - 1), tf.sub(1, tf.mul(lambda, least)));
    },
  };
}
