/** What compaction has to know of a call of a layer. One file of this folder for each way that features flow (layers/flow.ts). */
import type { Flow } from "../../layers/flow.ts";
import type { UnitWord } from "../../protocol/units.ts";
import type { UnitIds } from "../unitIds.ts";
import type { Variable, Weight } from "../weights.ts";

/** What is known of a tensor's features, one entry for each position along its last axis. */
export interface Features {
  /** See `UnitIds`. */
  readonly ids: Int32Array;
  /** 1 where it is the same number for all examples and places, which is `value`. */
  readonly constant: Uint8Array;
  readonly value: Float32Array;
  /** 1 where what comes after cannot do without it. */
  readonly needed: Uint8Array;
}

/** Ids along each axis of a weight; null for an axis that stays as it is. */
export type Axes = readonly (Int32Array | null)[];

export interface RuleParts<F extends Flow = Flow> {
  readonly flow: F;
  /** As `getConfig()` of TensorFlow.js says. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly className: string;
  readonly weights: readonly Weight[];
  readonly units: UnitIds;
  /** Ids that the layer has of itself: the same in all its calls. */
  own(name: string, count: number): Int32Array;
  /** Ids of each input's features. */
  readonly inputs: readonly Int32Array[];
  /** Weights go on changing: only what stays so counts, and no layer may get a bias that the user's model has no room for. */
  readonly isTraining: boolean;
  /** Its other calls may be given other constants, so none can be added to its bias. */
  readonly isShared: boolean;
  /** Length of each output's last axis. */
  readonly outputs: readonly number[];
}

export interface Rule {
  /** Ids of each output's features. */
  readonly outputs: readonly Int32Array[];
  readonly axes: ReadonlyMap<Variable, Axes>;
  /** Weights without which a unit gives 0, each with the axis along which the units are; of two axes the first counts. */
  readonly makes?: readonly (readonly [Variable, number])[];
  /** Of each output: 1 where it can only be constant, if the layer computes one number there. */
  constants(inputs: readonly Features[]): readonly Uint8Array[];
  /** Of each input: 1 where the outputs that are needed cannot do without it. */
  needs(inputs: readonly Features[], outputs: readonly Features[]): readonly Uint8Array[];
  /** Units that nothing outside of the layer sees, or that are needed inside of it. */
  keeps?(inputs: readonly Features[], outputs: readonly Features[]): readonly number[];
  readonly fold?: {
    /** The layer's own name of the bias, which has one number for each feature of the output. */
    readonly bias: string;
    /** Where the configuration says whether there is one; nothing where it has to be there already. */
    readonly useBias?: Size["path"];
    /**
     * What is to be added to it in the place of what is left out, where that was constant.
     * @param isLeftOut by id
     */
    sums(inputs: readonly Features[], isLeftOut: (id: number) => boolean): Float64Array;
  };
  /** Fields of the configuration that count units, with the ids that they count. The first one counts the layer's own. */
  readonly sizes?: readonly Size[];
  /** What weights are to be multiplied with, where the smaller layer computes otherwise with them. */
  factors?(isLeftOut: (id: number) => boolean): ReadonlyMap<Variable, number>;
}

export interface Size {
  /** Where in the configuration, e.g. `["layer", "config", "units"]`. */
  readonly path: readonly [string, ...string[]];
  readonly ids: Int32Array;
  readonly of: UnitWord | "columns";
}

export const all = (length: number, value: 0 | 1): Uint8Array => new Uint8Array(length).fill(value);

/** 1 where an input that is left out takes nothing with it but what a bias can give. */
export function canFold(input: Features, index: number, takesOthers: boolean): boolean {
  return input.constant[index] === 1 && (takesOthers || input.value[index] === 0);
}
