import { meanOverOutputs } from "./meanOverOutputs.ts";
import type { NamedMetric } from "./metric.ts";

/** Coefficient of determination: 1 − (squared error / squared distance from the targets' mean), mean over outputs. */
export const r2: NamedMetric = {
  better: "higher",
  ...meanOverOutputs((targets, outputs, weights) => {
    const sum = (value: (row: number) => number) =>
      weights.reduce((total, weight, row) => total + weight * value(row), 0);
    const mean = sum((row) => targets[row] ?? 0) / sum(() => 1);
    const error = sum((row) => ((targets[row] ?? 0) - (outputs[row] ?? 0)) ** 2);
    const spread = sum((row) => ((targets[row] ?? 0) - mean) ** 2);
    // Of targets that are all the same nothing can be explained; to be right is the most that is possible.
    if (spread === 0) return error === 0 ? 1 : 0;
    return 1 - error / spread;
  }),
};
