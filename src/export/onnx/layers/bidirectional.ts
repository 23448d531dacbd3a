import { z } from "zod";
import type { Layer, LayerCall, LayerWriter } from "../layerCall.ts";
import { type RecurrentOutput, turnedOver, writeRecurrent } from "./recurrent.ts";

interface Directions {
  readonly forwardLayer: Layer;
  readonly backwardLayer: Layer;
}

const schema = z.object({ mergeMode: z.enum(["concat", "sum", "ave", "mul"]).nullable() });

export const bidirectional: LayerWriter = {
  classes: ["Bidirectional"],
  write(call) {
    const { graph, layer, plain } = call;
    const { mergeMode } = call.config(schema);
    const { forwardLayer, backwardLayer } = layer as Layer & Directions;
    const initial = call.inputs.slice(1).map((state) => graph.channelsLast(state));
    const half = initial.length / 2;
    const forward = writeRecurrent(call, forwardLayer, plain, initial.slice(0, half));
    const backward = writeRecurrent(call, backwardLayer, plain, initial.slice(half));
    // TensorFlow.js gives the steps of both in the order in which the forward layer takes them.
    const ordered = ({ returnSequences, sequence, last }: RecurrentOutput): string => {
      if (!returnSequences) return last();
      return forward.goBackwards ? turnedOver(call, sequence()) : sequence();
    };
    const [one, other] = [ordered(forward), ordered(backward)];
    const states = forward.returnState ? [...forward.states(), ...backward.states()] : [];
    return [...merged(call, mergeMode, one, other), ...states].map((name) => ({ name }));
  },
};

function merged({ graph }: LayerCall, mode: string | null, one: string, other: string): readonly string[] {
  if (mode === null) return [one, other];
  if (mode === "concat") return [graph.add("Concat", [one, other], { axis: -1 })];
  if (mode === "mul") return [graph.add("Mul", [one, other])];
  return [graph.add(mode === "ave" ? "Mean" : "Add", [one, other])];
}
