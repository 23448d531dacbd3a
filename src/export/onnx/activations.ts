/** Activation functions as nodes, by TensorFlow.js's names for them. */
import type { LayerCall, Output } from "./layerCall.ts";

type WriteActivation = (call: LayerCall, x: string) => string;

const one =
  (operator: string, attributes = {}): WriteActivation =>
  ({ graph }, x) =>
    graph.add(operator, [x], attributes);

/** Each number alone: these may be applied in any order of axes. */
const ELEMENTWISE: Readonly<Record<string, WriteActivation>> = {
  linear: (_, x) => x,
  relu: one("Relu"),
  relu6: (call, x) => clip(call, x, 6),
  sigmoid: one("Sigmoid"),
  hardSigmoid: one("HardSigmoid", { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  tanh: one("Tanh"),
  elu: one("Elu"),
  selu: one("Selu"),
  softplus: one("Softplus"),
  softsign: one("Softsign"),
  swish: ({ graph }, x) => graph.add("Mul", [x, graph.add("Sigmoid", [x])]),
  mish: one("Mish"),
  gelu: one("Gelu"),
  gelu_new: one("Gelu", { approximate: "tanh" }),
};

const ALONG_LAST_AXIS: Readonly<Record<string, string>> = { softmax: "Softmax", logSoftmax: "LogSoftmax" };

/** From 0 to `largest`. */
export function clip({ graph }: LayerCall, x: string, largest: number): string {
  return graph.add("Clip", [x, graph.floats([0], []), graph.floats([largest], [])]);
}

/** @param x in the order of axes it is in @returns undefined where the function is not of each number alone */
export function activateEach(call: LayerCall, x: string, activation: string): string | undefined {
  return ELEMENTWISE[activation]?.(call, x);
}

/** @param x of the shape of the call's output, in the order of axes it is in */
export function activate(call: LayerCall, x: Output, activation: string): Output {
  const { graph } = call;
  const each = activateEach(call, x.name, activation);
  if (each !== undefined) return { ...x, name: each };
  const operator = ALONG_LAST_AXIS[activation];
  if (operator === undefined) throw call.fail(`has the activation ${activation}, which ONNX has no form for`);
  const plain = graph.channelsLast({ channelsFirst: false, type: "float32", ...x, shape: call.outputShape });
  return { name: graph.add(operator, [plain], { axis: -1 }) };
}
