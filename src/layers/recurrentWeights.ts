/** The weights of a recurrent cell: gates lie one after another along the last axis, each with all units. */
import type { UnitWord } from "../protocol/units.ts";
import type { LayerKind } from "./layerKind.ts";

/** @param window of a convolutional cell, nothing for the others */
export function recurrentWeights(
  of: UnitWord,
  gates: number,
  window: readonly "position"[] = [],
): NonNullable<LayerKind["weights"]> {
  const feeds = { of, by: ["gates"], blocks: gates } as const;
  return {
    kernel: { axes: [...window, "input", "gates"], feeds, carriesInput: true },
    recurrent_kernel: { axes: [...window, "state", "gates"], feeds },
    bias: { axes: ["gates"] },
  };
}
