/** Layers that cut, frame and stretch images. */
import { z } from "zod";
import type { LayerCall, LayerWriter, Output } from "../layerCall.ts";
import { placeOfAxis } from "../value.ts";
import { asItLies } from "./activationLayers.ts";
import { dataFormatSchema, readImage } from "./window.ts";

const bordersSchema = z.array(z.tuple([z.number(), z.number()]));

/** Beyond every axis. */
const TO_THE_END = 2 ** 31 - 1;

/** Where height and width lie in the graph. */
function placesOf({ x }: LayerCall, dataFormat: string | null | undefined): readonly number[] {
  const first = dataFormat === "channelsFirst" ? 2 : 1;
  return [placeOfAxis(x, first), placeOfAxis(x, first + 1)];
}

export const cropping: LayerWriter = {
  classes: ["Cropping2D"],
  write(call): Output {
    const { graph, x } = call;
    const { cropping: borders, dataFormat } = call.config(
      z.object({ cropping: bordersSchema, dataFormat: dataFormatSchema }),
    );
    const starts = graph.ints(borders.map(([before]) => before));
    const ends = graph.ints(borders.map(([, after]) => (after === 0 ? TO_THE_END : -after)));
    const name = graph.add("Slice", [x.name, starts, ends, graph.ints(placesOf(call, dataFormat))]);
    return { ...asItLies(call), name };
  },
};

export const zeroPadding: LayerWriter = {
  classes: ["ZeroPadding2D"],
  write(call): Output {
    const { graph, x } = call;
    const { padding, dataFormat } = call.config(z.object({ padding: bordersSchema, dataFormat: dataFormatSchema }));
    const pads = graph.ints([...padding.map(([before]) => before), ...padding.map(([, after]) => after)]);
    const inputs = [x.name, pads, graph.floats([0], []), graph.ints(placesOf(call, dataFormat))];
    return { ...asItLies(call), name: graph.add("Pad", inputs) };
  },
};

export const upSampling: LayerWriter = {
  classes: ["UpSampling2D"],
  write(call) {
    const { graph } = call;
    const { size, dataFormat, interpolation } = call.config(
      z.object({ size: z.array(z.number()), dataFormat: dataFormatSchema, interpolation: z.string() }),
    );
    const { x, output } = readImage(call, dataFormat);
    // Pixels are points at whole numbers, as in TensorFlow.js, not the middles of squares.
    const attributes = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
    const mode = interpolation === "nearest" ? "nearest" : "linear";
    const scales = graph.floats([1, 1, ...size], [2 + size.length]);
    return output(graph.add("Resize", [x, "", scales], { ...attributes, mode }));
  },
};
