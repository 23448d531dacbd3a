/**
 * LSTM layers by fewer operations (Hochreiter, Schmidhuber 1997, as Keras has it): what goes in is multiplied for all steps at
 * once, and the three gates of a step are activated together. TensorFlow.js 4.22.0 does each for itself.
 */
import type * as Tf from "@tensorflow/tfjs";
import { replaceCalls } from "./replaceCalls.ts";

interface Weight {
  read(): Tf.Tensor;
}

interface Activation {
  apply(x: Tf.Tensor): Tf.Tensor;
}

/** Of TensorFlow.js's `LSTM`. Columns of its weights: input gate, forget gate, what is new, output gate. */
interface Lstm {
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly stateful: boolean;
  readonly cell: {
    readonly units: number;
    readonly dropout: number;
    readonly recurrentDropout: number;
    readonly activation: Activation;
    readonly recurrentActivation: Activation;
    readonly kernel: Weight;
    readonly recurrentKernel: Weight;
    readonly bias?: Weight | null;
  };
}

/** From now on LSTM layers, and those inside of others, compute like that, where nothing but the sequence goes in. */
export function stepPlainly(tf: typeof Tf, layers: readonly Tf.layers.Layer[]): void {
  replaceCalls(layers, "LSTM", (layer, plain) => {
    const own = layer as unknown as Lstm;
    const { dropout, recurrentDropout } = own.cell;
    if (own.stateful || own.returnState || dropout > 0 || recurrentDropout > 0) return undefined;
    return (inputs, kwargs) => {
      const [x, ...others] = [inputs].flat();
      const isPlain =
        x !== undefined && others.length === 0 && isMissing(kwargs, "mask") && isMissing(kwargs, "initialState");
      return isPlain ? tf.tidy(() => runLstm(tf, own, x)) : plain(inputs, kwargs);
    };
  });
}

function isMissing(kwargs: Readonly<Record<string, unknown>>, key: string): boolean {
  return kwargs[key] === undefined || kwargs[key] === null;
}

/** @param x shape [batch, steps, features] */
function runLstm(tf: typeof Tf, { cell, goBackwards, returnSequences }: Lstm, x: Tf.Tensor): Tf.Tensor {
  const { units } = cell;
  const [count = 1, steps = 1, features = 1] = x.shape;
  // The gates side by side.
  const ordered = (weight: Weight): Tf.Tensor => {
    const [input, forget, fresh, output] = tf.split(weight.read(), 4, -1);
    return tf.concat([input, forget, output, fresh] as Tf.Tensor[], -1);
  };
  const product = tf.matMul(tf.reshape(x, [count * steps, features]), ordered(cell.kernel));
  const biased = cell.bias === undefined || cell.bias === null ? product : tf.add(product, ordered(cell.bias));
  const given = tf.unstack(tf.reshape(biased, [count, steps, 4 * units]), 1);
  const recurrent = ordered(cell.recurrentKernel);
  let hidden: Tf.Tensor | undefined;
  let memory: Tf.Tensor | undefined;
  const said: Tf.Tensor[] = [];
  for (const own of goBackwards ? given.toReversed() : given) {
    const sum = hidden === undefined ? own : tf.add(own, tf.matMul(hidden, recurrent));
    const [gates, fresh] = tf.split(sum, [3 * units, units], -1) as [Tf.Tensor, Tf.Tensor];
    const [input, forget, output] = tf.split(cell.recurrentActivation.apply(gates), 3, -1) as [
      Tf.Tensor,
      Tf.Tensor,
      Tf.Tensor,
    ];
    const added = tf.mul(input, cell.activation.apply(fresh));
    memory = memory === undefined ? added : tf.add(tf.mul(forget, memory), added);
    hidden = tf.mul(output, cell.activation.apply(memory));
    said.push(hidden);
  }
  if (hidden === undefined) throw new Error("a sequence has steps");
  return returnSequences ? tf.stack(said, 1) : hidden;
}
