/**
 * Layers that normalize, by the engine's own ways: batch normalization in training, and layer normalization. What a layer does
 * with the batch's mean and variance is what TensorFlow.js 4.22.0 does.
 */
import type * as Tf from "@tensorflow/tfjs";
import { frozenLayers } from "./inside.ts";
import { replaceCalls } from "./replaceCalls.ts";

/** See `engine/batchNormalize.ts`. */
type BatchNormalize = (
  x: Tf.Tensor,
  gamma: Tf.Tensor,
  beta: Tf.Tensor,
  epsilon: number,
) => { readonly value: Tf.Tensor; readonly mean: Tf.Tensor; readonly variance: Tf.Tensor };

/** Of TensorFlow.js's `LayerVariable`. */
interface Weight {
  read(): Tf.Tensor;
  write(value: Tf.Tensor): unknown;
}

/** Of TensorFlow.js's `BatchNormalization`. */
interface BatchNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  /** Missing where the layer does not scale. */
  readonly gamma?: Weight | null;
  readonly beta?: Weight | null;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
}

/** See `engine/normalize.ts`. */
type LayerNormalize = (
  x: Tf.Tensor,
  gamma: Tf.Tensor,
  beta: Tf.Tensor,
  axes: readonly number[],
  epsilon: number,
) => Tf.Tensor;

/** Of TensorFlow.js's `LayerNormalization`, once it is built. */
interface LayerNormalization {
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma?: Weight | null;
  readonly beta?: Weight | null;
}

/** From now on these layers, and those inside of others, normalize by `normalize`. */
export function normalizeLayersBy(tf: typeof Tf, layers: readonly Tf.layers.Layer[], normalize: LayerNormalize): void {
  replaceCalls(layers, "LayerNormalization", (layer) => {
    const own = layer as unknown as LayerNormalization;
    return (inputs) =>
      tf.tidy(() => {
        const [x] = [inputs].flat();
        if (x === undefined) throw new Error("a layer normalization has an input");
        const shape = x.shape.map((length, axis) => (own.axis.includes(axis) ? length : 1));
        const gamma =
          own.gamma === null || own.gamma === undefined ? tf.ones(shape) : tf.reshape(own.gamma.read(), shape);
        const beta = own.beta === null || own.beta === undefined ? tf.zeros(shape) : tf.reshape(own.beta.read(), shape);
        return normalize(x, gamma, beta, own.axis, own.epsilon);
      });
  });
}

/**
 * From now on the layers of that kind, and those inside of others, normalize by `normalize` in training. Those that are frozen
 * normalize by the statistics that they have, and keep them, as in Keras; TensorFlow.js 4.22.0 goes on with the batch's.
 */
export function normalizeBatchesBy(tf: typeof Tf, layers: readonly Tf.layers.Layer[], normalize: BatchNormalize): void {
  const frozen = frozenLayers(layers);
  replaceCalls(layers, "BatchNormalization", (layer, plain) => {
    const own = layer as unknown as BatchNormalization;
    return (inputs, kwargs) => {
      if (frozen.has(layer)) return plain(inputs, { ...kwargs, training: false });
      const [x] = [inputs].flat();
      const isLast = x !== undefined && (own.axis === -1 || own.axis === x.rank - 1);
      if (kwargs["training"] !== true || x === undefined || !isLast || x.rank < 2) return plain(inputs, kwargs);
      return tf.tidy(() => {
        const channels = x.shape.at(-1) ?? 1;
        const gamma = own.gamma?.read() ?? tf.ones([channels]);
        const beta = own.beta?.read() ?? tf.zeros([channels]);
        const { value, mean, variance } = normalize(x, gamma, beta, own.epsilon);
        for (const [weight, batch] of [
          [own.movingMean, mean],
          [own.movingVariance, variance],
        ] as const) {
          const before = weight.read();
          weight.write(tf.sub(before, tf.mul(tf.sub(before, batch), 1 - own.momentum)));
        }
        return value;
      });
    };
  });
}
