/** What a model says of examples whose targets are classes. */
import type * as Tf from "@tensorflow/tfjs";
import type { DataSet } from "../data/types.ts";
import type { Objective } from "../models/losses/loss.ts";
import { createBatches } from "./batches.ts";
import { hasClasses, type Judgement, MOST_JUDGED } from "./predictions.ts";

type TF = typeof Tf;

const BATCH = 500;

/**
 * @param inputShape of one example as the model takes it
 * @returns of the first validation examples; undefined where targets are no classes, or outputs not a score for each of them
 */
export function createJudge(
  tf: TF,
  model: Tf.LayersModel,
  objective: Objective,
  inputShape: readonly number[],
  data: DataSet,
): (() => Judgement) | undefined {
  const [output, ...others] = model.outputs;
  const isScores = output?.shape.length === 2 && output.shape[1] === data.classes && others.length === 0;
  if (!isScores || !hasClasses(data)) return undefined;
  return () => {
    const count = Math.min(data.validation.count, MOST_JUDGED);
    const judged = { predicted: new Float32Array(count), scores: new Float32Array(count) };
    const batches = createBatches(tf, inputShape, undefined);
    let from = 0;
    for (const { x, y, count: size } of batches.all(data, { ...data.validation, count }, BATCH)) {
      // Twice in a run: a graph of its own would not pay.
      const [classes, highest] = tf.tidy(() => {
        const scores = objective.predict(objective.forward(x, { training: false }));
        return [scores.argMax(-1), scores.max(-1)] as const;
      });
      judged.predicted.set(classes.dataSync(), from);
      judged.scores.set(highest.dataSync(), from);
      from += size;
      tf.dispose([x, y, classes, highest]);
    }
    return judged;
  };
}
