/**
 * Numbers that differ from step to step: rates, strengths, corrections of running means. A step gets them as one tensor, so
 * that a graph that was recorded of it takes them as an input.
 */
import type * as Tf from "@tensorflow/tfjs";

export type StepNumbers = Readonly<Record<string, number>>;

/** The scalar of that name. */
export type ReadNumber = (name: string) => Tf.Scalar;

/** Shape [count], in the order of the keys. */
export function packNumbers(tf: typeof Tf, numbers: StepNumbers): Tf.Tensor1D {
  return tf.tensor1d(Object.values(numbers), "float32");
}

/** @param names the keys of the numbers that were packed, in their order */
export function unpackNumbers(tf: typeof Tf, names: readonly string[], packed: Tf.Tensor): ReadNumber {
  const scalars = tf.unstack(packed);
  const byName = new Map(names.map((name, index) => [name, scalars[index]]));
  return (name) => {
    const scalar = byName.get(name);
    if (scalar === undefined) throw new Error(`the step has no number ${name}`);
    return scalar as Tf.Scalar;
  };
}
