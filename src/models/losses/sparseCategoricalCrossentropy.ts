import type { Loss } from "./loss.ts";
import { categorical } from "./softmaxCrossEntropy.ts";

/** Targets are class ids. */
export const sparseCategoricalCrossentropy: Loss = { create: categorical };
