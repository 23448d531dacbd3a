/**
 * Layers that draw numbers in training. TensorFlow.js draws them in JavaScript, one by one, which is slow and which no graph
 * can repeat; here they draw from the engine instead. What they compute with the numbers is what TensorFlow.js 4.22.0 does.
 */
import type * as Tf from "@tensorflow/tfjs";
import { allLayers } from "./inside.ts";
import { replaceCalls } from "./replaceCalls.ts";

/** New numbers at each call. */
export interface Draws {
  /** In [0, 1). */
  uniform(shape: readonly number[]): Tf.Tensor;
  /** Mean 0, deviation 1. */
  normal(shape: readonly number[]): Tf.Tensor;
}

/** Of the layers below. */
interface NoiseLayer {
  readonly rate: number;
  readonly stddev: number;
  readonly noiseShape?: readonly number[];
  getNoiseShape?(input: Tf.Tensor): readonly number[] | undefined;
}

type Noise = (tf: typeof Tf, input: Tf.Tensor, layer: NoiseLayer, draws: Draws) => Tf.Tensor;

/** Keeps each value with probability 1 − `rate`, scaled so that the mean stays. */
function dropout(
  tf: typeof Tf,
  input: Tf.Tensor,
  rate: number,
  draws: Draws,
  shape = input.shape as readonly number[],
) {
  const keep = 1 - rate;
  return tf.mul(input, tf.div(tf.floor(tf.add(draws.uniform(shape), keep)), keep));
}

const isRate = (rate: number): boolean => rate > 0 && rate < 1;

/** Of the self-normalizing networks (arXiv 1706.02515). */
const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

const dropSome: Noise = (tf, input, layer, draws) =>
  isRate(layer.rate) ? dropout(tf, input, layer.rate, draws, layer.getNoiseShape?.(input) ?? input.shape) : input;

/** By class name. */
const NOISES: Readonly<Record<string, Noise>> = {
  Dropout: dropSome,
  SpatialDropout1D: dropSome,
  GaussianNoise: (tf, input, { stddev }, draws) => tf.add(tf.mul(draws.normal(input.shape), stddev), input),
  GaussianDropout: (tf, input, { rate }, draws) =>
    isRate(rate) ? tf.mul(input, tf.add(tf.mul(draws.normal(input.shape), Math.sqrt(rate / (1 - rate))), 1)) : input,
  AlphaDropout: (tf, input, { rate, noiseShape }, draws) => {
    if (!isRate(rate)) return input;
    const alphaP = -SELU.alpha * SELU.scale;
    const kept = tf.cast(tf.greaterEqual(draws.uniform(noiseShape ?? input.shape), rate), "float32");
    const a = ((1 - rate) * (1 + rate * alphaP ** 2)) ** -0.5;
    const b = -a * alphaP * rate;
    const x = tf.add(tf.mul(input, kept), tf.mul(tf.add(kept, -1), alphaP));
    return tf.add(tf.mul(x, a), b);
  },
};

/** From now on the layers, and those inside of them, draw from `draws`. */
export function drawFrom(tf: typeof Tf, layers: readonly Tf.layers.Layer[], draws: Draws): void {
  for (const [className, noise] of Object.entries(NOISES)) {
    replaceCalls(layers, className, (layer, plain) => (inputs, kwargs) => {
      if (kwargs["training"] !== true) return plain(inputs, kwargs);
      const [input] = [inputs].flat();
      return input === undefined ? inputs : noise(tf, input, layer as unknown as NoiseLayer, draws);
    });
  }
  for (const layer of allLayers(layers)) {
    if ("drawNormal" in layer) layer.drawNormal = draws.normal;
    // A recurrent cell asks for the function by which it drops.
    if ("dropoutFunc" in layer && (layer.dropoutFunc === undefined || layer.dropoutFunc === null)) {
      layer.dropoutFunc = (ones: Tf.Tensor, rate: number): Tf.Tensor => dropout(tf, ones, rate, draws);
    }
  }
}
