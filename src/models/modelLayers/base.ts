/** What the layers of `whittle/layers` share. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { usageError } from "../../protocol/errors.ts";

export type Layer = Tf.layers.Layer;

/** The one tensor that a layer is given. */
export function oneOf(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
  const [x] = [inputs].flat();
  if (x === undefined) throw new Error("a layer has an input");
  return x;
}

/** The shape of the first input. */
export function firstShape(shape: Tf.Shape | Tf.Shape[]): Tf.Shape {
  return (Array.isArray(shape[0]) ? shape[0] : shape) as Tf.Shape;
}

/** @throws Error in the words of a user who built the model */
export function lengthOf(shape: Tf.Shape, axis: number, what: string): number {
  const length = shape.at(axis);
  if (typeof length !== "number") throw new Error(`${what} has to be known`);
  return length;
}

const registered = new WeakSet<object>();

/** Whether its class is one of `whittle/layers`. */
export const isModelLayer = (layer: Layer): boolean => registered.has(layer.constructor);

/** By its `className`, so that a saved model finds it. Once for each instance of TensorFlow.js. */
export function register<T extends Tf.serialization.SerializableConstructor<Tf.serialization.Serializable>>(
  tf: TF,
  layer: T,
): T {
  tf.serialization.registerClass(layer);
  registered.add(layer);
  return layer;
}

/**
 * @param length of a sequence; nothing where it is open
 * @param positions of the longest
 * @throws WhittleError (usage) naming the layer
 */
export function checkLength({ name }: Layer, length: number | null | undefined, positions: number): void {
  if (typeof length !== "number" || length <= positions) return;
  throw usageError(
    `A sequence has ${length} positions, but layer "${name}" has ${positions}.`,
    `Build it with \`positions: ${length}\` or more, or make sequences shorter.`,
  );
}
