/** Which weights make which unit: without all of them it gives 0, and can be left out. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { findWeightRoles } from "../layers/weightRoles.ts";
import { sizeOf } from "../models/shapes.ts";
import { type Call, type Followed, followModel } from "./analyze.ts";
import type { Variable } from "./weights.ts";

/** Of each weight of some tensors, row-major, the number of a unit, from 0; -1 where there is none, or it has to stay. */
type Numbers = ReadonlyMap<Variable, Int32Array>;

export interface UnitGroups {
  /**
   * The unit that a weight makes: the same number in all tensors that make it. A filter with its bias and its normalization, a channel
   * of a residual stream with all that is added to it, a head, a row of a table. Units of the model's outputs have to stay.
   */
  readonly makes: Numbers;
  /** The unit that a weight is multiplied with: without it, the weight does nothing. */
  readonly reads: Numbers;
}

/**
 * @throws Error where the model cannot be followed
 * @throws WhittleError (usage) where a class of the user's says of its units what does not fit
 */
export function findUnitGroups(tf: TF, model: Tf.LayersModel): UnitGroups {
  const { calls, axes, units } = followModel(tf, model, { isTraining: true });
  for (const call of calls) for (const ids of call.rule.outputs) if (!isMade(call, ids, axes)) units.pin(ids);
  const numbers = new Map<number | string, number>();
  const numberOf = (key: number | string): number => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const [makes, reads] = [new Map<Variable, Int32Array>(), new Map<Variable, Int32Array>()];
  for (const { rule } of calls) {
    for (const [variable, axis] of rule.makes ?? []) {
      const ids = axes.get(variable)?.[axis];
      const along = ids?.map((id) => (units.isPinned(id) ? -1 : numberOf(units.unitOf(id))));
      if (along !== undefined) addAlong(makes, variable, axis, along);
    }
  }
  for (const [variable, ofAxes] of axes) {
    for (const [axis, ids] of ofAxes.entries()) {
      const isMaking = calls.some(({ rule }) => rule.makes?.some(([own, of]) => own === variable && of === axis));
      if (ids === null || isMaking) continue;
      addAlong(
        reads,
        variable,
        axis,
        ids.map((id) => numbers.get(units.unitOf(id)) ?? -1),
      );
    }
  }
  // A class of the user's own says its units itself; how features go through it nobody knows.
  const saying = saidUnits(calls, model);
  for (const [variable, { units: said, group }] of findWeightRoles<Variable>(model.layers)) {
    if (!saying.has(variable)) continue;
    const key = `${group.slice(0, group.indexOf("/"))} ${said.of} ${said.count}`;
    add(makes, variable, (at) => numberOf(`${key} ${Math.floor(at / said.stride) % said.count}`));
  }
  return { makes, reads };
}

/** Of two axes the first that has a number counts. */
function add(numbers: Map<Variable, Int32Array>, variable: Variable, numberAt: (index: number) => number): void {
  const count = sizeOf(variable.shape);
  const before = numbers.get(variable);
  const found = Int32Array.from({ length: count }, (_, at) => {
    const own = before?.[at] ?? -1;
    return own === -1 ? numberAt(at) : own;
  });
  if (found.some((number) => number !== -1)) numbers.set(variable, found);
}

function addAlong(numbers: Map<Variable, Int32Array>, variable: Variable, axis: number, along: Int32Array): void {
  const inner = sizeOf(variable.shape.slice(axis + 1));
  add(numbers, variable, (at) => along[Math.floor(at / inner) % along.length] ?? -1);
}

/** Whether the call passes units on, or weights of its layer make them: those of a table make rows, and its columns stay. */
function isMade({ rule, given }: Call, ids: Int32Array, axes: Followed["axes"]): boolean {
  const first = ids[0];
  if (first === undefined || given.some((features) => features.ids.includes(first))) return true;
  return (rule.makes ?? []).some(([variable, axis]) => axes.get(variable)?.[axis]?.includes(first) === true);
}

/** Weights of layers that nothing is known of, but for those that give out what the model does. */
function saidUnits(calls: readonly Call[], { outputs }: Tf.LayersModel): ReadonlySet<Variable> {
  const ends = new Set(outputs.map(({ sourceLayer }) => sourceLayer));
  return new Set(calls.flatMap(({ layer, rule }) => (rule.axes.size === 0 && !ends.has(layer) ? layer.weights : [])));
}
