/** How a call of a layer is computed for one position after the other, which gives what it gives for all at once. */
import type * as Tf from "@tensorflow/tfjs";
import type { Application } from "../../compact/applications.ts";
import type { TF } from "../../engine/types.ts";
import { findWeight } from "../../layers/ownName.ts";

/** What a call keeps for later positions; rows first. */
export interface Memory {
  /** The same for all rows of an example, and at all positions. */
  readonly fixed: readonly Tf.Tensor[];
  /** What comes with each position. */
  readonly grown: readonly Tf.Tensor[];
}

export interface StepCall {
  readonly tf: TF;
  readonly layer: Application["layer"];
  /** Of the written text this position's alone, `[rows, 1, …]`; all of what does not depend on it. */
  readonly inputs: readonly Tf.Tensor[];
  /** By input: whether it depends on what is written. */
  readonly isWritten: readonly boolean[];
  /** From 0. */
  readonly position: number;
  /** As this call gave it at the position before. */
  readonly memory: Memory | undefined;
}

export interface Stepped {
  /** `[rows, 1, …]` */
  readonly output: Tf.Tensor;
  readonly memory?: Memory;
}

export interface StepRule {
  /** By class name of TensorFlow.js. */
  readonly classes: readonly string[];
  /** Arguments of a call, beside its inputs, that stand among these as well. */
  readonly callArgs?: readonly string[];
  /** Whether this call can be computed so. @param isWritten by input; at least one is */
  readonly fits: (application: Application, isWritten: readonly boolean[]) => boolean;
  readonly step: (call: StepCall) => Stepped;
  /** Most positions that there can be. */
  readonly longest?: (application: Application) => number | undefined;
}

/** A weight of the layer by its own name. */
export function weightOf(layer: Application["layer"], name: string): Tf.Tensor | undefined {
  return findWeight(layer, name)?.read();
}
