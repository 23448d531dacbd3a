/**
 * ONNX files. Inputs and outputs are those of the model, in their order and with their axes in TensorFlow.js's order; the batch may
 * be of any size. https://onnx.ai/onnx/operators
 */
import type * as Tf from "@tensorflow/tfjs";
import { allLayers } from "../../layers/inside.ts";
import { nameLayers, nameWeights } from "../../models/weightNames.ts";
import { usageError } from "../../protocol/errors.ts";
import { FLOAT16_METADATA, toFloat16 } from "../float16.ts";
import type { ExportFormat } from "../format.ts";
import { GraphWriter } from "./graphWriter.ts";
import { checkMasks } from "./masks.ts";
import {
  type ElementType,
  elementTypeOf as elementNumberOf,
  encodeOnnx,
  type OnnxConstant,
  type OnnxEnd,
  type OnnxModel,
  type OnnxNode,
} from "./messages.ts";
import type { Shape } from "./value.ts";
import { writeModel } from "./writeModel.ts";

/** Of a constant: less than a node takes is left as it is. */
const LEAST_BYTES = 256;

export const onnx: ExportFormat = {
  name: "onnx",
  encode: async ({ model, metadata }) => new Map([["model.onnx", encodeOnnx({ ...describe(model), metadata })]]),
};

export const onnxFloat16: ExportFormat = {
  name: "onnx-float16",
  encode: async ({ model, metadata }) => {
    const described = withFloat16(describe(model));
    return new Map([["model.onnx", encodeOnnx({ ...described, metadata: { ...metadata, ...FLOAT16_METADATA } })]]);
  },
};

type Described = Omit<OnnxModel, "metadata">;

/** Constants that it pays for are cast when the runtime opens the file: it computes as before. */
function withFloat16({ constants, nodes, ...model }: Described): Described {
  const casts: OnnxNode[] = [];
  const changed = constants.map((constant): OnnxConstant => {
    const { name, type, bytes } = constant;
    if (type !== "float32" || bytes.length < LEAST_BYTES) return constant;
    const half = toFloat16(new Float32Array(Uint8Array.from(bytes).buffer));
    if (half === undefined) return constant;
    const stored = `${name}:float16`;
    const attributes = { to: elementNumberOf("float32") };
    casts.push({ operator: "Cast", name: `${name}:cast`, inputs: [stored], outputs: [name], attributes });
    return { ...constant, name: stored, type: "float16", bytes: half };
  });
  return { ...model, constants: changed, nodes: [...casts, ...nodes] };
}

function describe(model: Tf.LayersModel): Described {
  checkMasks(allLayers(model.layers));
  const weightNames = nameWeights(model);
  const layerNames = nameLayers(model);
  const nameOf = ({ name }: { name: string }): string => layerNames.get(name) ?? name;
  const inputs = endsOf(model.inputs, (layer, at) => nameInput(nameOf, layer, at), []);
  const outputs = endsOf(model.outputs, nameOf, inputs);
  const graph = new GraphWriter([...[...inputs, ...outputs].map(({ name }) => name), ...weightNames.values()]);
  const given = inputs.map(({ name, type }, at) => ({
    name,
    type,
    shape: model.inputs[at]?.shape ?? [],
    channelsFirst: false,
  }));
  const ends = writeModel({ graph, weightNames, nameOf }, model, given).map((value, at) => {
    const { name = "", shape = [] } = outputs[at] ?? {};
    graph.end(
      name,
      graph.within(name, () => graph.channelsLast(value)),
    );
    return { name, shape, type: value.type };
  });
  const { nodes, constants } = graph;
  return { name: "model", nodes, constants, inputs, outputs: ends };
}

/** TensorFlow.js counts inputs without a name in the whole process, and names that of a first layer after this. */
function nameInput(nameOf: (layer: { name: string }) => string, { name }: { name: string }, at: number): string {
  if (/^input\d+$/.test(name)) return `input${at + 1}`;
  const [, first] = /^(.*)_input$/.exec(name) ?? [];
  return first === undefined ? name : `${nameOf({ name: first })}_input`;
}

/** @param nameOf what an end is called after its layer @param others whose names are taken */
function endsOf(
  tensors: readonly Tf.SymbolicTensor[],
  nameOf: (layer: Tf.layers.Layer, at: number) => string,
  others: readonly OnnxEnd[],
): readonly OnnxEnd[] {
  const used = new Set(others.map(({ name }) => name));
  return tensors.map(({ sourceLayer, dtype, shape }, at) => {
    // A layer with several outputs, or applied several times, may be there several times.
    const ofLayer = nameOf(sourceLayer, at);
    let name = ofLayer;
    for (let more = 1; used.has(name); more++) name = `${ofLayer}_${more}`;
    used.add(name);
    return { name, shape: sizesOf(name, shape), type: elementTypeOf(name, dtype) };
  });
}

/** What is unknown has a name: of the batch the same for all. */
function sizesOf(name: string, shape: Shape): readonly (number | string)[] {
  return shape.map((size, axis) => size ?? (axis === 0 ? "batch" : `${name}_${axis}`));
}

function elementTypeOf(name: string, dtype: string): ElementType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw usageError(`"${name}" is of the type ${dtype}, which the ONNX form has no room for.`, "Give it numbers.");
}
