/** What a kind of layer says of its weights. */
import type { Units, UnitWord } from "../protocol/units.ts";
import type { Flow, FlowContext } from "./flow.ts";

/**
 * What the indices along an axis tell apart:
 * - `position`: places of a convolution's window, or of the image
 * - `input`: features that the layer is given, `multiplier`: what becomes of each of them
 * - `inner`: what the first of two steps hands to the second
 * - `state`: what the layer gave out one time step before
 * - `output`: features that the layer gives out, `gates`: these, in as many blocks as there are gates
 * - `row`: entries of a table
 */
export type Axis = "position" | "input" | "multiplier" | "inner" | "state" | "output" | "gates" | "row";

export interface WeightKind {
  /** In order; the first one also stands for further axes before it. */
  readonly axes: readonly Axis[];
  /**
   * The units that this weight feeds: where none of it is left, they are dead. Biases have none, as a unit without a
   * bias is not dead.
   */
  readonly feeds?: {
    readonly of: UnitWord;
    /** Those that count the units together; they stand side by side. */
    readonly by: readonly Axis[];
    /** Blocks of all units that lie one after another along these axes; 1 when absent. */
    readonly blocks?: number;
  };
  /** See `WeightRole`. */
  readonly carriesInput?: boolean;
}

export interface LayerKind {
  /** As `getClassName()` of TensorFlow.js says. */
  readonly classes: readonly string[];
  /** By the weight's own name, e.g. `kernel`. */
  readonly weights?: Readonly<Record<string, WeightKind>>;
  /** Properties with the layers inside, whose weights this one's are. */
  readonly inside?: readonly string[];
  /** Nothing, or undefined for this configuration: all features of its inputs and outputs stay as they are. */
  readonly flow?: (context: FlowContext) => Flow | undefined;
}

export interface UnitSpan {
  readonly of: UnitWord;
  /** The axes that count units, ascending and side by side. */
  readonly axes: readonly number[];
  readonly blocks: number;
  /** Neighbours along these axes that make one unit. */
  readonly each: number;
}

/** @returns undefined where the axes cannot be cut like that */
export function spanUnits(shape: readonly number[], { of, axes, blocks, each }: UnitSpan): Units | undefined {
  const first = axes[0] ?? -1;
  const areNeighbours = axes.every((axis, index) => axis === first + index && shape[axis] !== undefined);
  if (axes.length === 0 || !areNeighbours) return undefined;
  const product = (lengths: readonly number[]): number => lengths.reduce((all, length) => all * length, 1);
  const count = product(axes.map((axis) => shape[axis] ?? 0)) / (blocks * each);
  if (!Number.isInteger(count) || count < 1) return undefined;
  return { count, stride: each * product(shape.slice(first + axes.length)), of };
}

/** @returns undefined where the weight feeds no units, or is not shaped as its kind is */
export function unitsOfKind({ axes, feeds }: WeightKind, shape: readonly number[]): Units | undefined {
  if (feeds === undefined) return undefined;
  const roles = shape.map((_, index) => axes[Math.max(0, axes.length - shape.length + index)]);
  const by = roles.flatMap((role, index) => (role !== undefined && feeds.by.includes(role) ? [index] : []));
  return spanUnits(shape, { of: feeds.of, axes: by, blocks: feeds.blocks ?? 1, each: 1 });
}
