/** A model as the calls of its layers, in their order; models inside of it are taken apart. */
import type * as Tf from "@tensorflow/tfjs";

export type Layer = Tf.layers.Layer;
type Symbolic = Tf.SymbolicTensor;
type Shape = readonly (number | null)[];

/** What flows between layers. */
export interface Flowing {
  readonly shape: Shape;
  readonly dtype: Tf.DataType;
}

export interface Application {
  readonly layer: Layer;
  readonly inputs: readonly Flowing[];
  readonly outputs: readonly Flowing[];
  readonly callArgs: Readonly<Record<string, unknown>>;
}

export interface Applications {
  readonly inputs: readonly Flowing[];
  readonly outputs: readonly Flowing[];
  /** Each after those that it takes from. */
  readonly applications: readonly Application[];
}

/** A call whose inputs are known, or those that come first. */
interface Node {
  readonly inputTensors: readonly Symbolic[];
  readonly outputTensors: readonly Symbolic[];
  readonly callArgs?: Readonly<Record<string, unknown>>;
}

const isModel = (layer: Layer): layer is Tf.LayersModel => "layers" in layer && "inputs" in layer && "outputs" in layer;

const flowing = ({ shape, dtype }: Symbolic): Flowing => ({ shape, dtype });

export function listApplications(model: Tf.LayersModel): Applications {
  const applications: Application[] = [];
  const enter = (inner: Tf.LayersModel, inputs: readonly Flowing[]): readonly Flowing[] => {
    const known = new Map<Symbolic, Flowing>();
    for (const [index, tensor] of inner.inputs.entries()) {
      const input = inputs[index];
      if (input !== undefined) known.set(tensor, input);
    }
    const visit = (tensor: Symbolic): Flowing => {
      const found = known.get(tensor);
      if (found !== undefined) return found;
      const layer = tensor.sourceLayer;
      const node = layer.inboundNodes[tensor.nodeIndex] as Node | undefined;
      if (node === undefined || node.inputTensors.length === 0) throw new Error(`${layer.name} is not connected`);
      const given = node.inputTensors.map(visit);
      const outputs = isModel(layer) ? enter(layer, given) : node.outputTensors.map(flowing);
      if (!isModel(layer)) applications.push({ layer, inputs: given, outputs, callArgs: node.callArgs ?? {} });
      for (const [index, output] of node.outputTensors.entries()) {
        const value = outputs[index];
        if (value !== undefined) known.set(output, value);
      }
      return known.get(tensor) ?? flowing(tensor);
    };
    return inner.outputs.map(visit);
  };
  const inputs = model.inputs.map(flowing);
  return { inputs, outputs: enter(model, inputs), applications };
}
