import type { Signal } from "./signal.ts";

/** |W·G|, the first-order change of the loss when the weight is set to 0 (arXiv 1611.06440). */
export const weightGradient: Signal = {
  averages: ["influence"],
  compute: (_tf, { average }) => average("influence"),
};
