import { isLastAxis } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

export const merging: LayerKind = {
  classes: ["Add", "Average", "Maximum", "Minimum"],
  flow: () => ({ how: "each" }),
};

export const multiplication: LayerKind = { classes: ["Multiply"], flow: () => ({ how: "each", zeroWins: true }) };

export const concatenation: LayerKind = {
  classes: ["Concatenate"],
  flow: (context) => (isLastAxis(context.config["axis"], context) ? { how: "concatenate" } : { how: "each" }),
};
