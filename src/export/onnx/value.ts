/** A tensor between two layers, and the order in which its axes lie. */
import type { ElementType } from "./messages.ts";

/** As TensorFlow.js says it: null where a size is known only when the model runs. */
export type Shape = readonly (number | null)[];

export interface Value {
  readonly name: string;
  /** In TensorFlow.js's order of axes, whichever lies in the graph. */
  readonly shape: Shape;
  readonly type: ElementType;
  /** The last axis lies behind the first one, where ONNX's convolutions want channels. */
  readonly channelsFirst: boolean;
}

/** Where the axes come from, for a transposition that puts channels first. */
export function toChannelsFirst(rank: number): readonly number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, at) => at + 1)];
}

/** Where the axes come from, for one that puts them last again. */
export function toChannelsLast(rank: number): readonly number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, at) => at + 2), 1];
}

/** Where an axis of TensorFlow.js's order, from 0 or from −1 backwards, lies in the graph. */
export function placeOfAxis({ shape, channelsFirst }: Pick<Value, "shape" | "channelsFirst">, axis: number): number {
  const rank = shape.length;
  const from0 = axis < 0 ? rank + axis : axis;
  return channelsFirst ? toChannelsFirst(rank).indexOf(from0) : from0;
}
