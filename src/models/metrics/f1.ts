import { usageError } from "../../protocol/errors.ts";
import { classIds } from "./classes.ts";
import type { NamedMetric } from "./metric.ts";

/** Of one class, each a sum of weights. */
interface Counts {
  right: number;
  actual: number;
  predicted: number;
}

/** Mean over classes of the F1 score, those left out that neither targets nor predictions have. Targets are class ids, or one-hot. */
export const f1: NamedMetric = {
  better: "higher",
  compute(tf, yTrue, yPred) {
    if (yPred.shape.at(-1) === 1) {
      throw usageError("The metric f1 compares classes, but the model has one output.", "Take the metric binaryF1.");
    }
    const ids = tf.cast(classIds(tf, yTrue, yPred), "int32");
    return tf.cast(tf.stack([ids, tf.argMax(yPred, -1)], -1), "float32");
  },
  summarize([actual = new Float32Array(), predicted = new Float32Array()], weights) {
    const classes = new Map<number, Counts>();
    const countsOf = (id: number): Counts => {
      const found = classes.get(id) ?? { right: 0, actual: 0, predicted: 0 };
      classes.set(id, found);
      return found;
    };
    for (const [row, weight] of weights.entries()) {
      const [own, other] = [countsOf(actual[row] ?? 0), countsOf(predicted[row] ?? 0)];
      own.actual += weight;
      other.predicted += weight;
      if (own === other) own.right += weight;
    }
    return [...classes.values()].reduce((sum, counts) => sum + f1Of(counts), 0) / classes.size;
  },
};

/** 2·precision·recall / (precision + recall); 0 where there is nothing to be right about. */
export function f1Of({ right, actual, predicted }: Counts): number {
  return right === 0 ? 0 : (2 * right) / (actual + predicted);
}
