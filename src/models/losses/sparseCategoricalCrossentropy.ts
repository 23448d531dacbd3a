import type { Loss } from "./loss.ts";
import { categorical, compareClasses } from "./softmaxCrossEntropy.ts";

/** Targets are class ids. */
export const sparseCategoricalCrossentropy: Loss = { create: categorical, compare: compareClasses };
