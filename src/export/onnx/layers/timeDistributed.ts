import type { Layer, LayerWriter } from "../layerCall.ts";

interface Wrapper {
  readonly layer: Layer;
}

/** The layer inside, applied to all time steps of all examples as if they were examples. */
export const timeDistributed: LayerWriter = {
  classes: ["TimeDistributed"],
  keepsType: true,
  write(call) {
    const { graph, x, plain, layer } = call;
    const { layer: inner } = layer as Layer & Wrapper;
    const stepSize = graph.add("Shape", [plain], { start: 2 });
    const [given] = call.context.writeLayer(inner, [
      {
        name: graph.add("Reshape", [plain, graph.add("Concat", [graph.ints([-1]), stepSize], { axis: 0 })]),
        shape: [null, ...x.shape.slice(2)],
        type: x.type,
        channelsFirst: false,
      },
    ]);
    if (given === undefined) throw new Error(`layer ${inner.name} has no output`);
    const y = graph.channelsLast(given);
    const examplesAndSteps = graph.add("Shape", [plain], { start: 0, end: 2 });
    const shape = graph.add("Concat", [examplesAndSteps, graph.add("Shape", [y], { start: 1 })], { axis: 0 });
    return { name: graph.add("Reshape", [y, shape]), type: given.type };
  },
};
