/**
 * How the features of a layer's output come from those of its input. Features lie along the last axis. A kind of layer says it
 * here once; what may be left out together follows from it (compact/).
 */
export type Flow =
  /** Each is a sum of inputs times weights; the axes of the weights say of which. `pads`: with zeros at the borders. */
  | { readonly how: "mix"; readonly size?: "units" | "filters"; readonly pads: boolean; readonly pinned?: boolean }
  /**
   * Feature i comes from feature i of each input alone. `scale`: the weight it is multiplied with.
   * `zeroWins`: one input that is 0 is enough for a 0.
   */
  | { readonly how: "each"; readonly pads?: boolean; readonly scale?: string; readonly zeroWins?: boolean }
  /** The inputs' features, one after another. */
  | { readonly how: "concatenate" }
  /** The same numbers in another shape. `size`: what says the new shape, its last length at its end. */
  | { readonly how: "reshape"; readonly size?: "targetShape" }
  /** A row of a table for each id. */
  | { readonly how: "table"; readonly size: "outputDim" }
  /** Units that also see what they gave one step before. */
  | { readonly how: "recur"; readonly size: "units" }
  /** A layer inside is applied to each step; the layer inside is applied in both directions. */
  | { readonly how: "steps" }
  | { readonly how: "directions"; readonly merge: string | null }
  /** Heads that attend; as many features as the first input has. `features`: how many inputs have some; ids may come after them. */
  | { readonly how: "attend"; readonly heads: number; readonly features: number };

export interface FlowContext {
  /** As `getConfig()` of TensorFlow.js says. */
  readonly config: Readonly<Record<string, unknown>>;
  /** With the batch. */
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly output: readonly (number | null)[];
}

/** Whether the features are where they have to be. */
export function isLastAxis(axis: unknown, { output }: FlowContext): boolean {
  return axis === -1 || axis === output.length - 1;
}

/** Of activations, those that look at all features at once. */
const LOOKS_AT_ALL: ReadonlySet<unknown> = new Set(["softmax", "logSoftmax", "log_softmax"]);

export const looksAtAll = (activation: unknown): boolean => LOOKS_AT_ALL.has(activation);

/** Whether a convolution counts zeros around its input. */
export function padsInput({ padding, kernelSize, strides }: Readonly<Record<string, unknown>>): boolean {
  const isOne = (value: unknown): boolean => [value].flat().every((each) => each === 1);
  return padding !== "valid" && !(isOne(kernelSize) && isOne(strides));
}
