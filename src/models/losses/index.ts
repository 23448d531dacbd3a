import type { LOSS_NAMES } from "../../protocol/settings.ts";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import type { Loss } from "./loss.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";

/** All losses that have names, by the setting `loss`. */
export const LOSSES: Readonly<Record<(typeof LOSS_NAMES)[number], Loss>> = {
  sparseCategoricalCrossentropy,
  categoricalCrossentropy,
  binaryCrossentropy,
  meanSquaredError,
};
