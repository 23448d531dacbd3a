import { z } from "zod";
import type { LayerCall, LayerWriter } from "../layerCall.ts";
import type { Value } from "../value.ts";

const schema = z.object({ axes: z.union([z.number(), z.array(z.number())]), normalize: z.boolean() });

/** Below this a sum of squares counts as this, as in TensorFlow.js's normalization. */
const SMALLEST = 1e-7;

/** Along one axis of each input, which are [batch, features] or [batch, rows, features]. */
export const dot: LayerWriter = {
  classes: ["Dot"],
  write(call) {
    const { graph, inputs } = call;
    const [x, y] = inputs;
    if (x === undefined || y === undefined) throw new Error("a product has two factors");
    const { axes, normalize } = call.config(schema);
    const [ofX = -1, ofY = ofX] = [axes].flat();
    const axisX = ofX < 0 ? x.shape.length + ofX : ofX;
    const axisY = ofY < 0 ? y.shape.length + ofY : ofY;
    const scaled = (value: Value, axis: number) => {
      const plain = graph.channelsLast(value);
      return normalize ? toLengthOne(call, plain, axis) : plain;
    };
    const left = asMatrices(call, scaled(x, axisX), x.shape.length, { along: axisX, wanted: 2 });
    const right = asMatrices(call, scaled(y, axisY), y.shape.length, { along: axisY, wanted: 1 });
    const product = graph.add("MatMul", [left, right]);
    const added = [...(x.shape.length === 2 ? [1] : []), ...(y.shape.length === 2 ? [2] : [])];
    // The product of two vectors stays in an axis of its own.
    const removed = added.length === 2 ? [2] : added;
    return { name: removed.length === 0 ? product : graph.add("Squeeze", [product, graph.ints(removed)]) };
  },
};

/** [batch, rows, columns], with the axis that is summed over where the product wants it; the other is of length 1 for vectors. */
function asMatrices(
  { graph }: LayerCall,
  x: string,
  rank: number,
  { along, wanted }: { along: number; wanted: 1 | 2 },
): string {
  if (rank === 2) return graph.add("Unsqueeze", [x, graph.ints([3 - wanted])]);
  return along === wanted ? x : graph.add("Transpose", [x], { perm: [0, 2, 1] });
}

function toLengthOne({ graph }: LayerCall, x: string, axis: number): string {
  const sum = graph.add("ReduceSum", [graph.add("Mul", [x, x]), graph.ints([axis])], { keepdims: 1 });
  return graph.add("Div", [x, graph.add("Sqrt", [graph.add("Max", [sum, graph.floats([SMALLEST], [])])])]);
}
