import { z } from "zod";
import type { LayerWriter } from "../layerCall.ts";
import { asItLies } from "./activationLayers.ts";

export const rescaling: LayerWriter = {
  classes: ["Rescaling"],
  write(call) {
    const { graph, x } = call;
    const { scale, offset } = call.config(z.object({ scale: z.number(), offset: z.number() }));
    const scaled = graph.add("Mul", [x.name, graph.floats([scale], [])]);
    return { ...asItLies(call), name: graph.add("Add", [scaled, graph.floats([offset], [])]) };
  },
};
