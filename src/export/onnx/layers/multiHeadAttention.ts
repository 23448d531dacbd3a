import { z } from "zod";
import type { LayerCall, LayerWriter } from "../layerCall.ts";

const schema = z.object({ heads: z.number(), causal: z.boolean() });

/** Added to the scores of what must not be seen. */
const UNSEEN = -1e9;

/** See models/modelLayers/multiHeadAttention.ts. */
export const multiHeadAttention: LayerWriter = {
  classes: ["MultiHeadAttention"],
  write(call) {
    const { graph, plain } = call;
    const { heads, causal } = call.config(schema);
    const [, width = heads] = call.weight("query").shape;
    const each = width / heads;
    const answers = call.inputs[1] === undefined ? plain : graph.channelsLast(call.inputs[1]);
    const split = (name: string, x: string, perm: readonly number[]): string =>
      graph.add("Transpose", [graph.add("Reshape", [project(call, name, x), graph.ints([0, 0, heads, each])])], {
        perm,
      });
    // [batch, heads, positions, width of a head], keys turned over.
    const query = split("query", plain, [0, 2, 1, 3]);
    const key = split("key", answers, [0, 2, 3, 1]);
    const value = split("value", answers, [0, 2, 1, 3]);
    const scores = graph.add("Mul", [graph.add("MatMul", [query, key]), graph.floats([1 / Math.sqrt(each)], [])]);
    const seen = causal ? graph.add("Add", [scores, maskOf(call, scores)]) : scores;
    const mixed = graph.add("MatMul", [graph.add("Softmax", [seen], { axis: -1 }), value]);
    const together = graph.add("Transpose", [mixed], { perm: [0, 2, 1, 3] });
    return { name: project(call, "output", graph.add("Reshape", [together, graph.ints([0, 0, width])])) };
  },
};

function project(call: LayerCall, name: string, x: string): string {
  const product = call.graph.add("MatMul", [x, call.asIs(name)]);
  return call.hasWeight(`${name}_bias`) ? call.graph.add("Add", [product, call.asIs(`${name}_bias`)]) : product;
}

/** [asking, answering]: very little above the diagonal, where what answers is later. */
function maskOf({ graph }: LayerCall, scores: string): string {
  const square = graph.add("Shape", [scores], { start: -2 });
  const all = graph.add("Expand", [graph.floats([UNSEEN], []), square]);
  return graph.add("Trilu", [all, graph.add("Squeeze", [graph.ints([1])])], { upper: 1 });
}
