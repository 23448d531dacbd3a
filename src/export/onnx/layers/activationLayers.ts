/** Layers that are nothing but an activation function. */
import { z } from "zod";
import { activate, clip } from "../activations.ts";
import type { LayerCall, LayerWriter, Output } from "../layerCall.ts";

/** The input in the order in which it lies, which is the output's too. */
export const asItLies = ({ x }: LayerCall): Output => ({ name: x.name, channelsFirst: x.channelsFirst });

export const activation: LayerWriter = {
  classes: ["Activation"],
  write: (call) => activate(call, asItLies(call), call.config(z.object({ activation: z.string() })).activation),
};

export const relu: LayerWriter = {
  classes: ["ReLU"],
  write(call) {
    const { maxValue } = call.config(z.object({ maxValue: z.number().nullish() }));
    if (typeof maxValue !== "number") return activate(call, asItLies(call), "relu");
    return { ...asItLies(call), name: clip(call, call.x.name, maxValue) };
  },
};

const alphaSchema = z.object({ alpha: z.number() });

export const leakyRelu: LayerWriter = {
  classes: ["LeakyReLU"],
  write(call) {
    const { alpha } = call.config(alphaSchema);
    return { ...asItLies(call), name: call.graph.add("LeakyRelu", [call.x.name], { alpha: { float: alpha } }) };
  },
};

export const elu: LayerWriter = { classes: ["ELU"], write: (call) => activate(call, asItLies(call), "elu") };

export const thresholdedRelu: LayerWriter = {
  classes: ["ThresholdedReLU"],
  write(call) {
    const { theta } = call.config(z.object({ theta: z.number() }));
    return { ...asItLies(call), name: call.graph.add("ThresholdedRelu", [call.x.name], { alpha: { float: theta } }) };
  },
};

/** A slope for each number of an example, or several in common. */
export const prelu: LayerWriter = {
  classes: ["PReLU"],
  write: (call) => ({ name: call.graph.add("PRelu", [call.plain, call.asIs("alpha")]) }),
};

export const softmax: LayerWriter = {
  classes: ["Softmax"],
  write(call) {
    const { axis } = call.config(z.object({ axis: z.union([z.number(), z.array(z.number())]) }));
    const [along = -1, ...more] = [axis].flat();
    if (more.length > 0) throw call.fail("is over several axes, which ONNX's Softmax is not");
    return { name: call.graph.add("Softmax", [call.plain], { axis: along }) };
  },
};
