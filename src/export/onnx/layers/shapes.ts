/** Layers that give their numbers another shape. */
import { z } from "zod";
import type { LayerWriter, Output } from "../layerCall.ts";
import { dataFormatSchema } from "./window.ts";

/** In a shape for ONNX: as many as the input has at this place, and what is left. */
const SAME = 0;
const REST = -1;

export const flatten: LayerWriter = {
  classes: ["Flatten"],
  keepsType: true,
  write(call): Output {
    const { graph, x, plain } = call;
    const { dataFormat } = call.config(z.object({ dataFormat: dataFormatSchema }));
    const places = Array.from({ length: x.shape.length - 2 }, (_, at) => at + 2);
    const ordered =
      dataFormat === "channelsFirst" ? graph.add("Transpose", [plain], { perm: [0, ...places, 1] }) : plain;
    return { name: graph.add("Reshape", [ordered, graph.ints([SAME, REST])]), type: x.type };
  },
};

export const reshape: LayerWriter = {
  classes: ["Reshape"],
  keepsType: true,
  write(call): Output {
    const { targetShape } = call.config(z.object({ targetShape: z.array(z.number().nullable()) }));
    const shape = call.graph.ints([SAME, ...targetShape.map((size) => size ?? REST)]);
    return { name: call.graph.add("Reshape", [call.plain, shape]), type: call.x.type };
  },
};

export const permute: LayerWriter = {
  classes: ["Permute"],
  keepsType: true,
  write(call): Output {
    const { dims } = call.config(z.object({ dims: z.array(z.number()) }));
    return { name: call.graph.add("Transpose", [call.plain], { perm: [0, ...dims] }), type: call.x.type };
  },
};

export const repeatVector: LayerWriter = {
  classes: ["RepeatVector"],
  keepsType: true,
  write(call): Output {
    const { graph } = call;
    const { n } = call.config(z.object({ n: z.number() }));
    const row = graph.add("Unsqueeze", [call.plain, graph.ints([1])]);
    return { name: graph.add("Tile", [row, graph.ints([1, n, 1])]), type: call.x.type };
  },
};
