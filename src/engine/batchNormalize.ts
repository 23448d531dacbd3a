/** Batch normalization in training as TensorFlow's one operation, with its gradient (arXiv 1502.03167). */
import type * as Tf from "@tensorflow/tfjs";
import { attributesOf } from "./attributes.ts";
import type { NodeBackend } from "./graph/backend.ts";
import type { TF } from "./types.ts";

export interface Normalized {
  /** Of the input's shape. */
  readonly value: Tf.Tensor;
  /** Of the batch, shape [channels]; the variance divides by the number of values. Not differentiated. */
  readonly mean: Tf.Tensor;
  readonly variance: Tf.Tensor;
}

/**
 * @param x any shape of rank 2 and more, the channels last
 * @param gamma scale, and `beta` offset, shape [channels]
 */
export type BatchNormalize = (x: Tf.Tensor, gamma: Tf.Tensor, beta: Tf.Tensor, epsilon: number) => Normalized;

export function createBatchNormalize(tf: TF, backend: NodeBackend): BatchNormalize {
  const attribute = attributesOf(backend);
  const attributesFor = (epsilon: number) => [
    attribute.type("T", "float32"),
    attribute.type("U", "float32"),
    attribute.float("epsilon", epsilon),
    attribute.text("data_format", "NHWC"),
    attribute.flag("is_training", true),
  ];
  return (x, gamma, beta, epsilon) => {
    const channels = x.shape.at(-1) ?? 1;
    const positions = x.size / channels;
    const attributes = attributesFor(epsilon);
    const statistics: Tf.Tensor[] = [];
    const normalize = tf.customGrad((image, scale, offset, save) => {
      const inputs = [image, scale, offset, tf.tensor1d([]), tf.tensor1d([])] as Tf.Tensor[];
      const outputs = backend.executeMultipleOutputs("FusedBatchNormV3", attributes, inputs, 6);
      const [value, mean, variance, ...reserved] = outputs as [Tf.Tensor, Tf.Tensor, Tf.Tensor, ...Tf.Tensor[]];
      statistics.push(tf.keep(mean.clone()), tf.keep(variance.clone()));
      (save as Tf.GradSaveFunc)([image as Tf.Tensor, scale as Tf.Tensor, ...reserved]);
      return {
        value,
        gradFunc(dy: Tf.Tensor | Tf.Tensor[], saved: Tf.Tensor[]) {
          const gradients = backend.executeMultipleOutputs(
            "FusedBatchNormGradV3",
            attributes,
            [[dy].flat()[0] as Tf.Tensor, ...saved],
            5,
          );
          return gradients.slice(0, 3);
        },
      };
    });
    // As images, which is all that the operation knows.
    const image = tf.reshape(x, [x.shape[0] ?? 1, positions / (x.shape[0] ?? 1), 1, channels]);
    const value = tf.reshape(normalize(image, gamma, beta), x.shape);
    const [mean, unbiased] = statistics as [Tf.Tensor, Tf.Tensor];
    // The operation divides by one less.
    const variance = tf.mul(unbiased, (positions - 1) / positions);
    const result = { value, mean: tf.clone(mean), variance };
    tf.dispose(statistics);
    return result;
  };
}
