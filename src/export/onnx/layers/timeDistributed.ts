import type { Layer, LayerCall, LayerWriter } from "../layerCall.ts";
import type { Shape } from "../value.ts";

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
    const steps = graph.add("Reshape", [plain, graph.ints([-1, ...knownSizes(call, x.shape.slice(2))])]);
    const [given] = call.context.writeLayer(inner, [
      { name: steps, shape: [null, ...x.shape.slice(2)], type: x.type, channelsFirst: false },
    ]);
    if (given === undefined) throw new Error(`layer ${inner.name} has no output`);
    const examples = graph.add("Shape", [plain], { start: 0, end: 2 });
    const rest = graph.ints(knownSizes(call, call.outputShape.slice(2)));
    const shape = graph.add("Concat", [examples, rest], { axis: 0 });
    return { name: graph.add("Reshape", [graph.channelsLast(given), shape]), type: given.type };
  },
};

function knownSizes(call: LayerCall, shape: Shape): readonly number[] {
  return shape.map((size) => {
    if (size === null) throw call.fail("is applied to steps of a size that is not known");
    return size;
  });
}
