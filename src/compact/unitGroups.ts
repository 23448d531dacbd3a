/** Which weights make which unit: without all of them it gives 0, and can be left out. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { findWeightRoles } from "../layers/weightRoles.ts";
import { type Call, type Followed, followModel } from "./analyze.ts";
import type { Variable } from "./weights.ts";

/**
 * Of weights that make units, the number of the unit of each single weight, row-major; -1 where the unit has to stay, as those of the
 * model's outputs. A unit has the same number in all tensors that make it: a filter with its bias and its normalization, a channel of
 * a residual stream with all that is added to it, a head, a row of a table.
 * @throws Error where the model cannot be followed
 * @throws WhittleError (usage) where a class of the user's says of its units what does not fit
 */
export function findUnitGroups(tf: TF, model: Tf.LayersModel): ReadonlyMap<Variable, Int32Array> {
  const { calls, axes, units } = followModel(tf, model, {});
  for (const call of calls) for (const ids of call.rule.outputs) if (!isMade(call, ids, axes)) units.pin(ids);
  const numbers = new Map<number | string, number>();
  const numberOf = (key: number | string): number => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const groups = new Map<Variable, Int32Array>();
  const add = (variable: Variable, groupOf: (index: number) => number): void => {
    const count = variable.shape.reduce<number>((product, length) => product * (length ?? 1), 1);
    const before = groups.get(variable);
    const found = Int32Array.from({ length: count }, (_, at) => {
      const own = before?.[at] ?? -1;
      return own === -1 ? groupOf(at) : own;
    });
    if (found.some((group) => group !== -1)) groups.set(variable, found);
  };
  for (const { rule } of calls) {
    for (const [variable, axis] of rule.makes ?? []) {
      const ids = axes.get(variable)?.[axis];
      if (ids === null || ids === undefined) continue;
      const along = ids.map((id) => (units.isPinned(id) ? -1 : numberOf(units.unitOf(id))));
      const inner = variable.shape.slice(axis + 1).reduce<number>((product, length) => product * (length ?? 1), 1);
      add(variable, (at) => along[Math.floor(at / inner) % ids.length] ?? -1);
    }
  }
  // A class of the user's own says its units itself; how features go through it nobody knows.
  const saying = saidUnits(calls, model);
  for (const [variable, { units: said, group }] of findWeightRoles<Variable>(model.layers)) {
    if (!saying.has(variable)) continue;
    const key = `${group.slice(0, group.indexOf("/"))} ${said.of} ${said.count}`;
    add(variable, (at) => numberOf(`${key} ${Math.floor(at / said.stride) % said.count}`));
  }
  return groups;
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
