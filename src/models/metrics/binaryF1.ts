import { f1Of } from "./f1.ts";
import { meanOverOutputs } from "./meanOverOutputs.ts";
import type { NamedMetric } from "./metric.ts";

/** F1 score of the outputs above 0.5, mean over outputs. */
export const binaryF1: NamedMetric = {
  better: "higher",
  ...meanOverOutputs((targets, outputs, weights) => {
    const counts = { right: 0, actual: 0, predicted: 0 };
    for (const [row, weight] of weights.entries()) {
      const [actual, predicted] = [(targets[row] ?? 0) > 0.5, (outputs[row] ?? 0) > 0.5];
      if (actual) counts.actual += weight;
      if (predicted) counts.predicted += weight;
      if (actual && predicted) counts.right += weight;
    }
    return f1Of(counts);
  }),
};
