import { usageError } from "../../protocol/errors.ts";
import { besideEachOther, meanOverOutputs } from "./meanOverOutputs.ts";
import type { NamedMetric } from "./metric.ts";

/**
 * Area under the ROC curve: how often an example of the class has the larger output than one that is not, ties counting half
 * (doi:10.1148/radiology.143.1.7063747). Mean over outputs; of two classes by their ids the second is the one.
 */
export const auc: NamedMetric = {
  better: "higher",
  ...meanOverOutputs(areaUnderCurve),
  compute(tf, yTrue, yPred) {
    if (yTrue.rank === yPred.rank) return besideEachOther(tf, yTrue, yPred);
    if (yPred.shape.at(-1) !== 2) {
      throw usageError(
        `The metric auc is of two classes, but the model gives out ${yPred.shape.at(-1)}.`,
        "Take another metric, e.g. f1, or targets of 0 and 1 for each output.",
      );
    }
    return tf.stack([tf.cast(yTrue, "float32"), tf.gather(yPred, 1, -1)], -1);
  },
};

function areaUnderCurve(targets: Float32Array, outputs: Float32Array, weights: Float32Array): number {
  if (outputs.some(Number.isNaN)) return Number.NaN;
  const order = Uint32Array.from(outputs.keys()).sort((a, b) => (outputs[a] ?? 0) - (outputs[b] ?? 0));
  /** Weights so far, outputs rising: of all negatives, and of positives and negatives of the same output. */
  const sums = { below: 0, positives: 0, negatives: 0 };
  let [positives, pairs, last] = [0, 0, Number.NaN];
  const closeTie = (): void => {
    pairs += sums.positives * (sums.below + sums.negatives / 2);
    positives += sums.positives;
    sums.below += sums.negatives;
    sums.positives = sums.negatives = 0;
  };
  for (const row of order) {
    if (outputs[row] !== last) closeTie();
    last = outputs[row] ?? Number.NaN;
    sums[(targets[row] ?? 0) > 0.5 ? "positives" : "negatives"] += weights[row] ?? 0;
  }
  closeTie();
  if (positives > 0 && sums.below > 0) return pairs / (positives * sums.below);
  throw usageError(
    "The metric auc needs examples of both classes, but all targets of a split are of one.",
    "Give splits that have both, or take another metric.",
  );
}
