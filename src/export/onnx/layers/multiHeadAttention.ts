import { z } from "zod";
import type { LayerCall, LayerWriter } from "../layerCall.ts";
import type { Value } from "../value.ts";

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
    const isIds = ({ shape }: Value): boolean => shape.length === 2;
    const [, other] = call.inputs.filter((input) => !isIds(input));
    const ids = call.inputs.find(isIds);
    const answers = other === undefined ? plain : graph.channelsLast(other);
    const split = (name: string, x: string, perm: readonly number[]): string =>
      graph.add("Transpose", [graph.add("Reshape", [project(call, name, x), graph.ints([0, 0, heads, each])])], {
        perm,
      });
    // [batch, heads, positions, width of a head], keys turned over.
    const query = split("query", plain, [0, 2, 1, 3]);
    const key = split("key", answers, [0, 2, 3, 1]);
    const value = split("value", answers, [0, 2, 1, 3]);
    const scores = graph.add("Mul", [graph.add("MatMul", [query, key]), graph.floats([1 / Math.sqrt(each)], [])]);
    const masks = [...(causal ? [later(call, scores)] : []), ...(ids === undefined ? [] : [padding(call, ids)])];
    const seen = masks.length === 0 ? scores : graph.add("Add", [scores, graph.add("Min", masks)]);
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
function later({ graph }: LayerCall, scores: string): string {
  const square = graph.add("Shape", [scores], { start: -2 });
  const all = graph.add("Expand", [graph.floats([UNSEEN], []), square]);
  return graph.add("Trilu", [all, graph.add("Squeeze", [graph.ints([1])])], { upper: 1 });
}

/** [batch, 1, 1, answering]: very little where the id is 0. */
function padding({ graph }: LayerCall, ids: Value): string {
  const [zero, unseen] = [0, UNSEEN].map((value) => graph.floats([value], [])) as [string, string];
  const mask = graph.add("Where", [graph.add("Equal", [ids.name, zero]), unseen, zero]);
  return graph.add("Unsqueeze", [mask, graph.ints([1, 2])]);
}
