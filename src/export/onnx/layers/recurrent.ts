/**
 * LSTM, GRU and simple recurrent layers by ONNX's own operators, whose sequences are [time, batch, features]. They compute
 * backwards in place: what they give out of a step lies where its input lay. TensorFlow.js turns the order over.
 */
import { z } from "zod";
import type { Layer, LayerCall, LayerWriter } from "../layerCall.ts";
import { permuteValues } from "../permute.ts";

interface Cell {
  readonly operator: string;
  /** For each of ONNX's gates, in its order, which of TensorFlow.js's it is. */
  readonly gates: readonly number[];
  /** Of ONNX's activations, in its order, which of the cell's. */
  readonly activations: readonly ("activation" | "recurrentActivation")[];
  readonly states: number;
}

const CELLS: Readonly<Record<string, Cell>> = {
  SimpleRNNCell: { operator: "RNN", gates: [0], activations: ["activation"], states: 1 },
  GRUCell: { operator: "GRU", gates: [0, 1, 2], activations: ["recurrentActivation", "activation"], states: 1 },
  // Input, output, forget, cell; TensorFlow.js has input, forget, cell, output.
  LSTMCell: {
    operator: "LSTM",
    gates: [0, 3, 1, 2],
    activations: ["recurrentActivation", "activation", "activation"],
    states: 2,
  },
};

/** Those that ONNX's operators can have inside of them. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: "Relu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  hardSigmoid: "HardSigmoid",
  elu: "Elu",
  softsign: "Softsign",
  softplus: "Softplus",
};

const cellSchema = z.object({ activation: z.string(), recurrentActivation: z.string().optional() });
const layerSchema = z.object({
  returnSequences: z.boolean(),
  returnState: z.boolean(),
  goBackwards: z.boolean(),
  stateful: z.boolean().nullish(),
});

interface RecurrentLayer {
  readonly cell: Layer & { readonly cells?: readonly Layer[] };
}

/** Written when asked for, as most of it nobody needs. */
interface Recurrence {
  /** [batch, time, features], steps as in the input. */
  readonly sequence: () => string;
  /** [batch, features], as it is after the last step. */
  readonly last: () => string;
  readonly states: () => readonly string[];
}

export interface RecurrentOutput extends Recurrence {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
}

/** @param x [batch, time, features] @param states initial ones, [batch, features]; none for zeros */
export function writeRecurrent(call: LayerCall, layer: Layer, x: string, states: readonly string[]): RecurrentOutput {
  const { stateful, ...config } = layerSchema.parse(layer.getConfig());
  if (stateful === true) throw call.fail("keeps its state from batch to batch, which an ONNX model does not");
  const { cell } = layer as Layer & RecurrentLayer;
  const cells = cell.cells ?? [cell];
  // TensorFlow.js has the states of the last cell first.
  const given = [...states];
  const initial = [...cells].reverse().map((each) => given.splice(0, statesOf(call, each)));
  const written: Recurrence[] = [];
  for (const [at, each] of cells.entries()) {
    const below = written.at(-1)?.sequence() ?? x;
    written.push(writeCell(call, each, below, initial.at(-1 - at) ?? [], config.goBackwards));
  }
  const top = written.at(-1);
  if (top === undefined) throw new Error(`layer ${layer.name} has no cell`);
  const ends = () => written.toReversed().flatMap(({ states: of }) => of());
  return { ...config, sequence: top.sequence, last: top.last, states: ends };
}

const statesOf = (call: LayerCall, cell: Layer): number => kindOf(call, cell).states;

function kindOf(call: LayerCall, cell: Layer): Cell {
  const kind = CELLS[cell.getClassName()];
  if (kind === undefined) throw call.fail(`has a cell of the class ${cell.getClassName()}, which ONNX has no form for`);
  return kind;
}

function writeCell(
  call: LayerCall,
  cell: Layer,
  x: string,
  initial: readonly string[],
  goBackwards: boolean,
): Recurrence {
  const { graph } = call;
  const { operator, gates, states } = kindOf(call, cell);
  const units = call.weight("recurrent_kernel", cell).shape[0] ?? 1;
  const inputs = [
    graph.add("Transpose", [x], { perm: [1, 0, 2] }),
    kernelOf(call, cell, "kernel", gates),
    kernelOf(call, cell, "recurrent_kernel", gates),
    call.hasWeight("bias", cell) ? biasOf(call, cell, gates) : "",
    // Sequences are all as long as the tensor.
    "",
    ...initial.map((state) => graph.add("Unsqueeze", [state, graph.ints([0])])),
  ];
  const attributes = {
    hidden_size: units,
    direction: goBackwards ? "reverse" : "forward",
    activations: activationsOf(call, cell),
  };
  const [all = "", ...ends] = graph.addSeveral(operator, inputs, attributes, 1 + states);
  const end = (name: string) => graph.add("Squeeze", [name, graph.ints([0])]);
  return {
    // From [time, 1, batch, units].
    sequence: () => graph.add("Transpose", [graph.add("Squeeze", [all, graph.ints([1])])], { perm: [1, 0, 2] }),
    last: () => end(ends[0] ?? ""),
    states: () => ends.map(end),
  };
}

function activationsOf(call: LayerCall, cell: Layer): readonly string[] {
  const { activations } = kindOf(call, cell);
  const config = cellSchema.parse(cell.getConfig());
  return activations.map((which) => {
    const name = config[which] ?? "";
    const activation = ACTIVATIONS[name];
    if (activation === undefined) {
      throw call.fail(`has the activation ${name} inside, which ONNX's ${kindOf(call, cell).operator} has not`);
    }
    return activation;
  });
}

/** [in, gates · units] becomes [1, gates · units, in]. */
function kernelOf(call: LayerCall, cell: Layer, name: string, gates: readonly number[]): string {
  const { constant, shape, read } = call.weight(name, cell);
  const [inputs = 1, columns = 1] = shape;
  const units = columns / gates.length;
  return call.graph.constant(constant, [1, columns, inputs], () => {
    const { values } = permuteValues(read(), [inputs, gates.length, units], [1, 2, 0]);
    return blocksOf(values, gates, units * inputs);
  });
}

/** [gates · units] becomes [1, 2 · gates · units]: ONNX has a second one, for the recurrent part. */
function biasOf(call: LayerCall, cell: Layer, gates: readonly number[]): string {
  const { constant, shape, read } = call.weight("bias", cell);
  const [columns = 1] = shape;
  return call.graph.constant(constant, [1, 2 * columns], () => {
    const both = new Float32Array(2 * columns);
    both.set(blocksOf(read(), gates, columns / gates.length));
    return both;
  });
}

function blocksOf(values: Float32Array, order: readonly number[], size: number): Float32Array {
  const blocks = new Float32Array(values.length);
  for (const [to, from] of order.entries()) blocks.set(values.subarray(from * size, (from + 1) * size), to * size);
  return blocks;
}

/** The steps of [batch, time, features] from the last to the first. */
export function turnedOver({ graph }: LayerCall, sequence: string): string {
  const beforeFirst = -(2 ** 31 - 1);
  return graph.add("Slice", [sequence, graph.ints([-1]), graph.ints([beforeFirst]), graph.ints([1]), graph.ints([-1])]);
}

export const recurrent: LayerWriter = {
  classes: ["SimpleRNN", "GRU", "LSTM", "RNN"],
  write(call) {
    const states = call.inputs.slice(1).map((state) => call.graph.channelsLast(state));
    const written = writeRecurrent(call, call.layer, call.plain, states);
    const { returnSequences, returnState, goBackwards, sequence, last } = written;
    const ordered = () => (goBackwards ? turnedOver(call, sequence()) : sequence());
    const outputs = [returnSequences ? ordered() : last(), ...(returnState ? written.states() : [])];
    return outputs.map((name) => ({ name }));
  },
};
