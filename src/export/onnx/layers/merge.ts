import { z } from "zod";
import type { LayerCall, LayerWriter, Output } from "../layerCall.ts";
import { placeOfAxis, type Value } from "../value.ts";

/** ONNX's take any number of inputs, and stretch axes of length 1 as TensorFlow.js does. */
const OPERATORS: Readonly<Record<string, string>> = { Add: "Sum", Average: "Mean", Maximum: "Max", Minimum: "Min" };

/** In one order of axes: channels first where one of them lies so. */
function aligned({ graph }: LayerCall, inputs: readonly Value[]): { names: readonly string[]; channelsFirst: boolean } {
  const channelsFirst = inputs.some((input) => input.channelsFirst);
  const names = inputs.map((input) => (channelsFirst ? graph.channelsFirst(input) : graph.channelsLast(input)));
  return { names, channelsFirst };
}

/** As TensorFlow.js does it: what has fewer axes gets some of length 1 behind the batch. */
function ofOneRank(call: LayerCall): readonly Value[] {
  const { graph, inputs } = call;
  const most = Math.max(...inputs.map(({ shape }) => shape.length));
  return inputs.map((input) => {
    const missing = Array.from({ length: most - input.shape.length }, (_, at) => at + 1);
    if (missing.length === 0) return input;
    const name = graph.add("Unsqueeze", [graph.channelsLast(input), graph.ints(missing)]);
    const [count = null, ...rest] = input.shape;
    return { ...input, name, channelsFirst: false, shape: [count, ...missing.map(() => 1), ...rest] };
  });
}

export const merge: LayerWriter = {
  classes: ["Add", "Average", "Maximum", "Minimum", "Multiply"],
  write(call): Output {
    const { graph } = call;
    const { names, channelsFirst } = aligned(call, ofOneRank(call));
    const operator = OPERATORS[call.layer.getClassName()];
    const [first = "", ...others] = names;
    if (operator === undefined) {
      return { name: others.reduce((product, other) => graph.add("Mul", [product, other]), first), channelsFirst };
    }
    const isSumOfTwo = operator === "Sum" && names.length === 2;
    return { name: graph.add(isSumOfTwo ? "Add" : operator, names), channelsFirst };
  },
};

export const concatenate: LayerWriter = {
  classes: ["Concatenate"],
  write(call) {
    const { names, channelsFirst } = aligned(call, call.inputs);
    const { axis } = call.config(z.object({ axis: z.number() }));
    const place = placeOfAxis({ shape: call.x.shape, channelsFirst }, axis);
    return { name: call.graph.add("Concat", names, { axis: place }), channelsFirst };
  },
};
