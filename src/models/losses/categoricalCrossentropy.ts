import type { Loss } from "./loss.ts";
import { categorical, compareClasses } from "./softmaxCrossEntropy.ts";

/** Targets are one-hot rows, or class ids where that is what the data has: authors of models encode them by hand. */
export const categoricalCrossentropy: Loss = { create: categorical, compare: compareClasses };
