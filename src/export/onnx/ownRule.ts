/** Layers of the user's own, which say themselves what they are in ONNX. */
import type { OnnxRule } from "../../layers/onnxRule.ts";
import type { Layer, LayerCall, Output } from "./layerCall.ts";

export function hasOnnxRule(layer: Layer): layer is Layer & OnnxRule {
  return "toOnnx" in layer && typeof layer.toOnnx === "function";
}

export function writeByOwnRule(call: LayerCall): readonly Output[] {
  const { layer, graph } = call;
  if (!hasOnnxRule(layer)) throw new Error(`layer ${layer.name} has no toOnnx`);
  const given: unknown = layer.toOnnx(
    {
      add: (operator, inputs, attributes) => graph.add(operator, inputs, attributes),
      floats: (values, shape) => graph.floats(values, shape),
      ints: (values) => graph.ints(values),
      weight: (name) => {
        if (!call.hasWeight(name)) throw call.fail(`has no weight ${name}, which its toOnnx asks for`);
        return call.asIs(name);
      },
    },
    call.inputs.map((input) => graph.channelsLast(input)),
  );
  const names = [given].flat();
  if (names.length !== call.outputShapes.length || !names.every((name) => typeof name === "string")) {
    throw call.fail(`has a toOnnx that does not give back the names of its ${call.outputShapes.length} output tensors`);
  }
  return names.map((name) => ({ name }));
}
