import type { LayerCall, LayerWriter } from "../layerCall.ts";

/** Ids as whole numbers; what lies behind the point is left out, as TensorFlow.js does. */
export const idsOf = ({ graph, x }: LayerCall): string => graph.cast(x, "int32").name;

export const embedding: LayerWriter = {
  classes: ["Embedding"],
  keepsType: true,
  write: (call) => ({ name: call.graph.add("Gather", [call.asIs("embeddings"), idsOf(call)], { axis: 0 }) }),
};

/** Of ids, their rows; of features, how well each row fits. See models/modelLayers/tokenEmbedding.ts. */
export const tokenEmbedding: LayerWriter = {
  classes: ["TokenEmbedding"],
  keepsType: true,
  write(call) {
    const { graph, x, plain } = call;
    const tokens = call.asIs("tokens");
    if (x.shape.length === 3) {
      return { name: graph.add("MatMul", [plain, graph.add("Transpose", [tokens], { perm: [1, 0] })]) };
    }
    const found = graph.add("Gather", [tokens, idsOf(call)], { axis: 0 });
    return { name: call.hasWeight("positions") ? addPositions(call, found) : found };
  },
};

export const positionEmbedding: LayerWriter = {
  classes: ["PositionEmbedding"],
  write: (call) => ({ name: addPositions(call, call.plain) }),
};

/** @param features `[batch, positions, width]`, of sequences that may be shorter than the longest */
function addPositions(call: LayerCall, features: string): string {
  const { graph } = call;
  const length = graph.add("Shape", [features], { start: 1, end: 2 });
  return graph.add("Add", [
    features,
    graph.add("Slice", [call.asIs("positions"), graph.ints([0]), length, graph.ints([0])]),
  ]);
}
