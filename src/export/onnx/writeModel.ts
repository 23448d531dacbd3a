/** A model as the nodes of a graph: each application of a layer once, in an order in which they can be computed. */
import type * as Tf from "@tensorflow/tfjs";
import { nestedModel } from "../../layers/nestedModel.ts";
import { type Layer, LayerCall, type Output, unsupportedLayer, type WriteContext } from "./layerCall.ts";
import { writerOfClass } from "./layers/index.ts";
import { hasOnnxRule, writeByOwnRule } from "./ownRule.ts";
import type { Shape, Value } from "./value.ts";

type Context = Omit<WriteContext, "writeLayer">;

/** @returns one value for each of the model's outputs @throws WhittleError (usage) naming the layer that ONNX has no form for */
export function writeModel(context: Context, model: Tf.LayersModel, inputs: readonly Value[]): readonly Value[] {
  const known = new Map<number, Value>();
  const writtenOf = (tensor: Tf.SymbolicTensor): Value => {
    const found = known.get(tensor.id);
    if (found !== undefined) return found;
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex];
    if (node === undefined) throw new Error(`layer ${layer.name} was not applied`);
    const outputs = writeLayer(context, layer, node.inputTensors.map(writtenOf));
    for (const [at, { id }] of node.outputTensors.entries()) {
      const output = outputs[at];
      if (output !== undefined) known.set(id, output);
    }
    const value = known.get(tensor.id);
    if (value === undefined) throw new Error(`layer ${layer.name} gave no output ${tensor.name}`);
    return value;
  };
  for (const [at, { id }] of model.inputs.entries()) {
    const input = inputs[at];
    if (input !== undefined) known.set(id, input);
  }
  return model.outputs.map(writtenOf);
}

function writeLayer(context: Context, layer: Layer, inputs: readonly Value[]): readonly Value[] {
  const { graph, nameOf } = context;
  return graph.within(nameOf(layer), () => {
    if (isModel(layer)) return writeModel(context, layer, inputs);
    const outputShapes = shapesOf(layer, inputs);
    const full = {
      ...context,
      writeLayer: (inner: Layer, given: readonly Value[]) => writeLayer(context, inner, given),
    };
    const writer = hasOnnxRule(layer) ? { write: writeByOwnRule } : writerOfClass(layer.getClassName());
    if (writer === undefined) throw unknownLayer(layer);
    const keepsType = "keepsType" in writer && writer.keepsType === true;
    const given = keepsType ? inputs : inputs.map((input) => graph.cast(input, "float32"));
    const outputs: readonly Output[] = [writer.write(new LayerCall(full, layer, given, outputShapes))].flat();
    return outputs.map(({ name, channelsFirst = false, type = "float32" }, at) => ({
      name,
      channelsFirst,
      type,
      shape: outputShapes[at] ?? [],
    }));
  });
}

function isModel(layer: Layer): layer is Layer & Tf.LayersModel {
  return nestedModel.classes.includes(layer.getClassName());
}

function shapesOf(layer: Layer, inputs: readonly Value[]): readonly Shape[] {
  const shapes = inputs.map(({ shape }) => [...shape]);
  const [first = []] = shapes;
  const given = layer.computeOutputShape(shapes.length === 1 ? first : shapes);
  const several = (Array.isArray(given[0]) ? given : [given]) as Tf.Shape[];
  // Where a size is unknown, some of TensorFlow.js's layers count on from null.
  return several.map((shape) => shape.map((size) => (size !== null && size > 0 ? size : null)));
}

function unknownLayer(layer: Layer) {
  return unsupportedLayer(
    layer,
    "has no form in ONNX that Whittle knows",
    "Give its class a method toOnnx(graph, inputs), as README.md says, or export the model in another form, such as tfjs.",
  );
}
