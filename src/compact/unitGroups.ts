/** Which weights make which unit: without all of them it gives 0, and can be left out. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { followModel } from "./analyze.ts";
import type { Variable } from "./weights.ts";

/**
 * @returns of weights that make units, the number of the unit of each single weight, row-major: from 0, and the same number in all
 *   tensors that make the unit; -1 where a unit has to stay, as those of the model's outputs
 * @throws Error where the model cannot be followed
 */
export function findUnitGroups(tf: TF, model: Tf.LayersModel): ReadonlyMap<Variable, Int32Array> {
  const { calls, axes, units } = followModel(tf, model, {});
  const numbers = new Map<number, number>();
  const numberOf = (id: number): number => {
    if (units.isPinned(id)) return -1;
    const unit = units.unitOf(id);
    const number = numbers.get(unit) ?? numbers.size;
    numbers.set(unit, number);
    return number;
  };
  const groups = new Map<Variable, Int32Array>();
  for (const { rule } of calls) {
    for (const [variable, axis] of rule.makes ?? []) {
      const ids = axes.get(variable)?.[axis];
      if (ids === null || ids === undefined) continue;
      const along = ids.map(numberOf);
      const inner = variable.shape.slice(axis + 1).reduce<number>((product, length) => product * (length ?? 1), 1);
      const count = variable.shape.reduce<number>((product, length) => product * (length ?? 1), 1);
      groups.set(
        variable,
        Int32Array.from({ length: count }, (_, at) => along[Math.floor(at / inner) % ids.length] ?? -1),
      );
    }
  }
  return groups;
}
