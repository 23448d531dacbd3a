/** What a layer of `whittle/layers` is in Keras: one or several layers, and how they are called. */
import type * as Tf from "@tensorflow/tfjs";
import type { JsonObject } from "../../models/keras3/place.ts";
import type { KerasLayer } from "./kerasLayer.ts";

export type Layer = Tf.layers.Layer;

export interface Made {
  /** With the batch. */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

/** Tensors in, tensors out, each opaque here. */
export interface Calls<T> {
  /** Calls a layer. @param more arguments by name @param made what it gives, where that is not what the whole gives */
  readonly call: (layer: string, tensors: readonly T[], more?: JsonObject, made?: Made) => T;
  /** With the batch. */
  readonly shapeOf: (tensor: T) => Made["shape"];
}

export interface OwnLayer {
  readonly layers: readonly KerasLayer[];
  readonly call: <T>(calls: Calls<T>, tensors: readonly T[]) => T;
}

export const keras = <C extends JsonObject>(className: string, config: C) => ({
  module: "keras.layers",
  className,
  config,
});

/** A function of `keras.ops` by the class that a functional model keeps it as. */
export const operation = (className: string, name: string, config: JsonObject = {}): KerasLayer => ({
  module: "keras.src.ops.numpy",
  className,
  config: { name, ...config },
  weights: [],
});

export function alone(layer: KerasLayer): OwnLayer {
  return { layers: [layer], call: (calls, tensors) => calls.call(layer.config.name, tensors) };
}
