/** Random tensors of TensorFlow: a function of a seed that is a tensor, and of how many were drawn since it was given. */
import type * as Tf from "@tensorflow/tfjs";
import { attributesOf } from "./attributes.ts";
import type { NodeBackend } from "./graph/backend.ts";
import type { TF } from "./types.ts";

export interface SeededDraws {
  /** @param seed shape [1], int32 */
  begin(seed: Tf.Tensor): void;
  /** In [0, 1). */
  uniform(shape: readonly number[]): Tf.Tensor;
  /** Mean 0, deviation 1. */
  normal(shape: readonly number[]): Tf.Tensor;
}

export function createDraws(tf: TF, backend: NodeBackend): SeededDraws {
  const attribute = attributesOf(backend);
  let seed: Tf.Tensor | undefined;
  let drawn = 0;
  const draw = (op: string, shape: readonly number[]): Tf.Tensor =>
    tf.tidy(() => {
      if (seed === undefined) throw new Error("numbers are drawn before a seed is given");
      drawn += 1;
      const attributes = [
        attribute.type("dtype", "float32"),
        attribute.type("T", "int32"),
        attribute.type("Tseed", "int32"),
      ];
      const both = tf.concat([seed, tf.tensor1d([drawn], "int32")]);
      return backend.executeSingleOutput(op, attributes, [tf.tensor1d([...shape], "int32"), both]);
    });
  return {
    begin(next) {
      seed = next;
      drawn = 0;
    },
    uniform: (shape) => draw("StatelessRandomUniform", shape),
    normal: (shape) => draw("StatelessRandomNormal", shape),
  };
}
