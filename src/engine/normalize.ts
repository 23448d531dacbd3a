/**
 * Normalizations of few operations, with their gradients worked out: TensorFlow.js 4.22.0 repeats means and scales to the size
 * of the input first, and sums them up again afterwards. For any engine.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { BatchNormalize } from "./batchNormalize.ts";
import type { TF } from "./types.ts";

/**
 * Over `axes` of x (arXiv 1607.06450).
 * @param gamma scale, and `beta` offset, both of one shape that spreads to that of x
 */
export type LayerNormalize = (
  x: Tf.Tensor,
  gamma: Tf.Tensor,
  beta: Tf.Tensor,
  axes: readonly number[],
  epsilon: number,
) => Tf.Tensor;

/** x̂ = (x − mean) / √(variance + ε), and what that takes. */
function standardize(tf: TF, x: Tf.Tensor, axes: readonly number[], epsilon: number) {
  const count = axes.reduce((all, axis) => all * (x.shape[axis] ?? 1), 1);
  const meanOf = (values: Tf.Tensor) => tf.div(tf.sum(values, [...axes], true), count);
  const mean = meanOf(x);
  const centered = tf.sub(x, mean);
  const variance = meanOf(tf.square(centered));
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  return { meanOf, mean, variance, inverse, standard: tf.mul(centered, inverse) };
}

/** The gradient by x of what was standardized: each error less its mean, and less its share of x̂. */
function standardizedGradient(
  tf: TF,
  errors: Tf.Tensor,
  { meanOf, inverse, standard }: Pick<ReturnType<typeof standardize>, "meanOf" | "inverse" | "standard">,
): Tf.Tensor {
  const along = tf.mul(standard, meanOf(tf.mul(errors, standard)));
  return tf.mul(inverse, tf.sub(tf.sub(errors, meanOf(errors)), along));
}

/** A sum to the shape of what was spread. */
function sumTo(tf: TF, values: Tf.Tensor, shape: readonly number[]): Tf.Tensor {
  const axes = values.shape.flatMap((length, axis) => (shape[axis] === 1 && length !== 1 ? [axis] : []));
  return tf.reshape(tf.sum(values, axes), [...shape]);
}

type Statistics = Pick<ReturnType<typeof standardize>, "mean" | "variance">;

/** @param tell gets mean and variance, which go with the tidy */
function normalizer(tf: TF, tell?: (statistics: Statistics) => void): LayerNormalize {
  return (x, gamma, beta, axes, epsilon) =>
    tf.customGrad((input, scale, offset, save) => {
      const [of, by, plus] = [input, scale, offset] as [Tf.Tensor, Tf.Tensor, Tf.Tensor];
      const { meanOf, inverse, standard, ...statistics } = standardize(tf, of, axes, epsilon);
      tell?.(statistics);
      (save as Tf.GradSaveFunc)([standard, inverse, by]);
      return {
        value: tf.add(tf.mul(standard, by), plus),
        gradFunc(dy: Tf.Tensor | Tf.Tensor[], saved: Tf.Tensor[]) {
          const [values, factor, weights] = saved as [Tf.Tensor, Tf.Tensor, Tf.Tensor];
          const errors = [dy].flat()[0] as Tf.Tensor;
          return [
            standardizedGradient(tf, tf.mul(errors, weights), { meanOf, inverse: factor, standard: values }),
            sumTo(tf, tf.mul(errors, values), weights.shape),
            sumTo(tf, errors, weights.shape),
          ];
        },
      };
    })(x, gamma, beta);
}

export function createLayerNormalize(tf: TF): LayerNormalize {
  return normalizer(tf);
}

/** For engines without an operation for it (see batchNormalize.ts). */
export function createPlainBatchNormalize(tf: TF): BatchNormalize {
  return (x, gamma, beta, epsilon) => {
    const channels = x.shape.at(-1) ?? 1;
    const ofChannels = (values: Tf.Tensor, shape = [1, channels]) => tf.reshape(values, shape);
    const kept: Tf.Tensor[] = [];
    const normalize = normalizer(tf, ({ mean, variance }) => kept.push(tf.keep(mean), tf.keep(variance)));
    const rows = normalize(tf.reshape(x, [-1, channels]), ofChannels(gamma), ofChannels(beta), [0], epsilon);
    const [mean, variance] = kept.map((one) => ofChannels(one, [channels])) as [Tf.Tensor, Tf.Tensor];
    tf.dispose(kept);
    return { value: tf.reshape(rows, x.shape), mean, variance };
  };
}
