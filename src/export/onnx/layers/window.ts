/** What convolutions and pooling have in common: windows that move over the axes between the first one and the channels. */
import { z } from "zod";
import type { OnnxAttributes } from "../../../layers/onnxRule.ts";
import type { LayerCall, Output } from "../layerCall.ts";
import type { Shape } from "../value.ts";

/** One-dimensional layers have no data format: their channels are the last axis. */
export const dataFormatSchema = z.enum(["channelsLast", "channelsFirst"]).nullish();

/** One number for each axis that the windows move along. */
export interface Windows {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: string;
}

/** The input as ONNX wants it, and the lengths of the axes that windows move along. */
export function readImage(call: LayerCall, dataFormat: string | null | undefined) {
  const isFirst = dataFormat === "channelsFirst";
  const { shape } = call.x;
  return {
    x: isFirst ? call.plain : call.graph.channelsFirst(call.x),
    lengths: isFirst ? shape.slice(2) : shape.slice(1, -1),
    channels: (isFirst ? shape[1] : shape.at(-1)) ?? 1,
    /** What is to be said of an output whose channels are the second axis. */
    output: (name: string): Output => ({ name, channelsFirst: !isFirst }),
  };
}

/** Attributes of the operator. Padding is TensorFlow's: what is odd of it lies at the end. */
export function windowAttributes({ size, strides, dilations, padding }: Windows, lengths: Shape): OnnxAttributes {
  const common = { strides, ...(dilations === undefined ? {} : { dilations }) };
  if (padding !== "same") return common;
  const pads = size.map((each, axis) => {
    const [stride = 1, dilation = 1, length = null] = [strides[axis], dilations?.[axis], lengths[axis]];
    const span = (each - 1) * dilation + 1;
    if (stride === 1) return span - 1;
    return length === null ? null : Math.max((Math.ceil(length / stride) - 1) * stride + span - length, 0);
  });
  const known = pads.filter((pad) => pad !== null);
  if (known.length < pads.length) return { ...common, auto_pad: "SAME_UPPER" };
  return {
    ...common,
    pads: [...known.map((pad) => Math.floor(pad / 2)), ...known.map((pad) => Math.ceil(pad / 2))],
  };
}
