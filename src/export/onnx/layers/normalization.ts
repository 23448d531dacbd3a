import { z } from "zod";
import { sizeOf } from "../../../models/shapes.ts";
import type { LayerCall, LayerWriter, Output } from "../layerCall.ts";

const batchSchema = z.object({ axis: z.number(), epsilon: z.number() });

/** With the statistics of training. */
export const batchNormalization: LayerWriter = {
  classes: ["BatchNormalization"],
  write(call) {
    const { graph, x } = call;
    const { axis, epsilon } = call.config(batchSchema);
    const rank = x.shape.length;
    const place = axis < 0 ? rank + axis : axis;
    // ONNX's operator has the channels behind the first axis.
    if (place === 1) return { name: addOperator(call, call.plain, epsilon) };
    if (place === rank - 1) {
      return { name: addOperator(call, graph.channelsFirst(x), epsilon), channelsFirst: true };
    }
    throw call.fail(
      `normalizes axis ${place} of ${rank}, which is neither the first nor the last one behind the batch`,
    );
  },
};

function addOperator(call: LayerCall, x: string, epsilon: number): string {
  const [size = 1] = call.weight("moving_mean").shape;
  const parameters = [
    orElse(call, "gamma", [size], 1),
    orElse(call, "beta", [size], 0),
    call.asIs("moving_mean"),
    call.asIs("moving_variance"),
  ];
  return call.graph.add("BatchNormalization", [x, ...parameters], { epsilon: { float: epsilon } });
}

/** A weight in that shape, or as many of one number where the layer has none. */
function orElse(call: LayerCall, name: string, shape: readonly number[], value: number): string {
  if (call.hasWeight(name)) {
    const { constant, read } = call.weight(name);
    return call.graph.constant(constant, shape, read);
  }
  const size = sizeOf(shape);
  return call.graph.floats(new Float32Array(size).fill(value), shape);
}

const layerSchema = z.object({ axis: z.array(z.number()), epsilon: z.number() });

export const layerNormalization: LayerWriter = {
  classes: ["LayerNormalization"],
  write(call) {
    const { graph, x, plain } = call;
    const { axis: axes, epsilon } = call.config(layerSchema);
    const rank = x.shape.length;
    const sizes = axes.map((axis) => x.shape[axis] ?? 1);
    const areLast = axes.every((axis, at) => axis === rank - axes.length + at);
    // ONNX's operator normalizes over all axes from one on, and its parameters have these axes.
    const shape = areLast ? sizes : x.shape.map((size, axis) => (axes.includes(axis) ? (size ?? 1) : 1));
    const [gamma, beta] = [orElse(call, "gamma", shape, 1), orElse(call, "beta", shape, 0)];
    if (areLast) {
      const attributes = { axis: -axes.length, epsilon: { float: epsilon } };
      return { name: graph.add("LayerNormalization", [plain, gamma, beta], attributes) };
    }
    const mean = (of: string) => graph.add("ReduceMean", [of, graph.ints(axes)], { keepdims: 1 });
    const centred = graph.add("Sub", [plain, mean(plain)]);
    const variance = mean(graph.add("Mul", [centred, centred]));
    const deviation = graph.add("Sqrt", [graph.add("Add", [variance, graph.floats([epsilon], [])])]);
    const scaled = graph.add("Mul", [graph.add("Div", [centred, deviation]), gamma]);
    return { name: graph.add("Add", [scaled, beta]) };
  },
};

const epsilonSchema = z.object({ epsilon: z.number() });

export const rmsNormalization: LayerWriter = {
  classes: ["RmsNormalization"],
  write(call) {
    const { graph, plain } = call;
    const { epsilon } = call.config(epsilonSchema);
    const squares = graph.add("ReduceMean", [graph.add("Mul", [plain, plain]), graph.ints([-1])], { keepdims: 1 });
    const root = graph.add("Sqrt", [graph.add("Add", [squares, graph.floats([epsilon], [])])]);
    return { name: graph.add("Mul", [graph.add("Div", [plain, root]), call.asIs("gamma")]) };
  },
};

const groupSchema = epsilonSchema.extend({ groups: z.number() });

/** ONNX's own operator for it is newer than most readers; this is how PyTorch writes it. */
export const groupNormalization: LayerWriter = {
  classes: ["GroupNormalization"],
  write(call): Output {
    const { graph } = call;
    const { groups, epsilon } = call.config(groupSchema);
    const x = graph.channelsFirst(call.x);
    const grouped = graph.add("Reshape", [x, graph.ints([0, groups, -1])]);
    const [ones, zeros] = [1, 0].map((value) => graph.floats(new Float32Array(groups).fill(value), [groups]));
    const inputs = [grouped, ones ?? "", zeros ?? ""];
    const normalized = graph.add("InstanceNormalization", inputs, { epsilon: { float: epsilon } });
    const shaped = graph.add("Reshape", [normalized, graph.add("Shape", [x])]);
    const parameter = (name: string): string => {
      const { constant, shape, read } = call.weight(name);
      return graph.constant(constant, [...shape, ...call.x.shape.slice(2).map(() => 1)], read);
    };
    const scaled = graph.add("Mul", [shaped, parameter("gamma")]);
    return { name: graph.add("Add", [scaled, parameter("beta")]), channelsFirst: true };
  },
};
