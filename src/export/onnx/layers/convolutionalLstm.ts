/** An LSTM whose products are convolutions, step by step: ONNX has no operator for it. */
import { z } from "zod";
import { activateEach } from "../activations.ts";
import type { LayerCall, LayerWriter, Output } from "../layerCall.ts";
import { biasOf, convolutionSchema, kernelOf, kernelPermutation } from "./convolution.ts";
import { windowAttributes } from "./window.ts";

const schema = convolutionSchema.extend({
  recurrentActivation: z.string(),
  returnSequences: z.boolean(),
  returnState: z.boolean(),
  goBackwards: z.boolean(),
  stateful: z.boolean().nullish(),
});

/** Channels behind the batch, both. */
interface State {
  readonly output: string;
  readonly cell: string;
}

export const convolutionalLstm: LayerWriter = {
  classes: ["ConvLSTM2D"],
  write(call) {
    const { graph, x, plain, inputs } = call;
    const config = call.config(schema);
    const [, length = null] = x.shape;
    if (length === null) throw call.fail("is given sequences of a length that is not known");
    if (inputs.length > 1)
      throw call.fail("is given its first state, for which TensorFlow.js knows no shape of its output");
    if (config.stateful === true) throw call.fail("keeps its state from batch to batch, which an ONNX model does not");
    const isFirst = config.dataFormat === "channelsFirst";
    const images = isFirst ? plain : graph.add("Transpose", [plain], { perm: [0, 1, 4, 2, 3] });
    const steps = graph.addSeveral("Split", [images], { axis: 1, num_outputs: length }, length);
    let state: State | undefined;
    const outputs: string[] = [];
    for (const step of config.goBackwards ? [...steps].reverse() : steps) {
      state = writeStep(call, graph.add("Squeeze", [step, graph.ints([1])]), state);
      outputs.push(state.output);
    }
    const ends = [state?.output, state?.cell].map((name = ""): Output => ({ name, channelsFirst: !isFirst }));
    const given = config.returnSequences ? [sequenceOf(call, outputs, isFirst)] : ends.slice(0, 1);
    return [...given, ...(config.returnState ? ends : [])];
  },
};

function sequenceOf({ graph }: LayerCall, outputs: readonly string[], isFirst: boolean): Output {
  const steps = outputs.map((output) => graph.add("Unsqueeze", [output, graph.ints([1])]));
  const sequence = graph.add("Concat", steps, { axis: 1 });
  return { name: isFirst ? sequence : graph.add("Transpose", [sequence], { perm: [0, 1, 3, 4, 2] }) };
}

/** @param state none before the first step: then it is 0 */
function writeStep(call: LayerCall, image: string, state: State | undefined): State {
  const { graph } = call;
  const { kernelSize, dilationRate, activation, recurrentActivation, strides, padding, dataFormat } =
    call.config(schema);
  const open = (x: string) => each(call, x, recurrentActivation);
  const squash = (x: string) => each(call, x, activation);
  const lengths = dataFormat === "channelsFirst" ? call.x.shape.slice(3) : call.x.shape.slice(2, 4);
  const attributes = windowAttributes({ size: kernelSize, strides, dilations: dilationRate, padding }, lengths);
  const kernel = kernelOf(call, "kernel", kernelPermutation(2));
  const ofImage = graph.add("Conv", [image, kernel, ...biasOf(call)], attributes);
  const sum =
    state === undefined ? ofImage : graph.add("Add", [ofImage, convolveState(call, state.output, kernelSize)]);
  const [input = "", forget = "", candidate = "", output = ""] = graph.addSeveral(
    "Split",
    [sum],
    { axis: 1, num_outputs: 4 },
    4,
  );
  const added = graph.add("Mul", [open(input), squash(candidate)]);
  const cell = state === undefined ? added : graph.add("Add", [graph.add("Mul", [open(forget), state.cell]), added]);
  return { output: graph.add("Mul", [open(output), squash(cell)]), cell };
}

function convolveState(call: LayerCall, state: string, size: readonly number[]): string {
  const kernel = kernelOf(call, "recurrent_kernel", kernelPermutation(2));
  const attributes = windowAttributes({ size, strides: [1, 1], padding: "same" }, [null, null]);
  return call.graph.add("Conv", [state, kernel], attributes);
}

function each(call: LayerCall, x: string, activation: string): string {
  const y = activateEach(call, x, activation);
  if (y === undefined) throw call.fail(`has the activation ${activation} inside, which is not of each number alone`);
  return y;
}
