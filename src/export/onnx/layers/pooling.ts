import { z } from "zod";
import type { LayerCall, LayerWriter } from "../layerCall.ts";
import { placeOfAxis } from "../value.ts";
import { dataFormatSchema, readImage, windowAttributes } from "./window.ts";

const schema = z.object({
  poolSize: z.array(z.number()),
  strides: z.array(z.number()),
  padding: z.string(),
  dataFormat: dataFormatSchema,
});

const isMaximum = (call: LayerCall): boolean => call.layer.getClassName().includes("Max");

export const pooling: LayerWriter = {
  classes: [1, 2, 3].flatMap((axes) => [`MaxPooling${axes}D`, `AveragePooling${axes}D`]),
  write(call) {
    const { poolSize, dataFormat, ...config } = call.config(schema);
    const { x, lengths, output } = readImage(call, dataFormat);
    const attributes = { ...windowAttributes({ ...config, size: poolSize }, lengths), kernel_shape: poolSize };
    return output(call.graph.add(isMaximum(call) ? "MaxPool" : "AveragePool", [x], attributes));
  },
};

const globalSchema = z.object({ dataFormat: dataFormatSchema });

export const globalPooling: LayerWriter = {
  classes: [1, 2].flatMap((axes) => [`GlobalMaxPooling${axes}D`, `GlobalAveragePooling${axes}D`]),
  write(call) {
    const { graph, x } = call;
    const from = call.config(globalSchema).dataFormat === "channelsFirst" ? 2 : 1;
    const axes = Array.from({ length: x.shape.length - 2 }, (_, at) => placeOfAxis(x, from + at)).sort((a, b) => a - b);
    const operator = isMaximum(call) ? "ReduceMax" : "ReduceMean";
    return { name: graph.add(operator, [x.name, graph.ints(axes)], { keepdims: 0 }) };
  },
};
