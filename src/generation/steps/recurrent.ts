/** Recurrent layers: what one position leaves for the next is the state of its cell. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { StepRule } from "./stepRule.ts";

/** Of TensorFlow.js's layers of these classes. */
interface Recurrent {
  readonly cell: Cell;
}

interface Cell {
  /** Of each state. */
  readonly stateSize: number | readonly number[];
  /** Made by the first call, for as many rows as it has, even where nothing is dropped. */
  dropoutMask: Tf.Tensor | Tf.Tensor[] | null;
  recurrentDropoutMask: Tf.Tensor | Tf.Tensor[] | null;
  /** @param inputs of one position, then the states @returns the output, then the next states */
  call(inputs: Tf.Tensor[], kwargs: { readonly training: boolean }): Tf.Tensor[];
}

export const recurrent: StepRule = {
  classes: ["SimpleRNN", "GRU", "LSTM"],
  callArgs: ["initialState"],
  fits({ layer }, [isWritten, ...areStates]) {
    const { returnSequences, goBackwards, stateful } = layer.getConfig();
    const isForward = returnSequences === true && goBackwards !== true && stateful !== true;
    return isForward && isWritten === true && !areStates.includes(true);
  },
  step({ tf, layer, inputs: [x, ...given], memory }) {
    if (x === undefined) throw new Error(`${layer.name} is called on nothing`);
    const { cell } = layer as unknown as Recurrent;
    const [rows = 1] = x.shape;
    const zeros = () => [cell.stateSize].flat().map((size) => tf.zeros([rows, size]));
    const states = memory?.grown ?? (given.length > 0 ? given : zeros());
    forgetMasks(tf, cell);
    const [output, ...grown] = cell.call([tf.squeeze(x, [1]), ...states], { training: false });
    forgetMasks(tf, cell);
    if (output === undefined) throw new Error(`${layer.name} gives nothing`);
    return { output: tf.expandDims(output, 1), memory: { fixed: [], grown } };
  },
};

/** As its layer does between two sequences. */
function forgetMasks(tf: TF, cell: Cell): void {
  tf.dispose([cell.dropoutMask ?? [], cell.recurrentDropoutMask ?? []].flat());
  cell.dropoutMask = null;
  cell.recurrentDropoutMask = null;
}
