/** What a model says of examples whose targets are classes, or a value each, or texts. */
import type * as Tf from "@tensorflow/tfjs";
import type { AnyDataSet, Split } from "../data/types.ts";
import type { Objective } from "../models/losses/loss.ts";
import type { Judgement } from "./judgement.ts";
import type { Network } from "./network.ts";
import { kindOfTargets, MOST_JUDGED } from "./predictions.ts";
import { packTexts } from "./textPredictions.ts";

type TF = typeof Tf;

/**
 * @param network of the model
 * @returns of the first validation examples; undefined where outputs are neither a score for each class nor one value, nor write texts
 */
export function createJudge(
  tf: TF,
  model: Tf.LayersModel,
  objective: Objective,
  network: Pick<Network, "batches" | "write">,
  data: AnyDataSet,
): (() => Judgement) | undefined {
  const [output, ...others] = model.outputs;
  const kind = kindOfTargets(data);
  if (kind === "texts") {
    const write = (split: Split) => packTexts(network.write(data, split));
    return () => ({ predicted: write(data.validation), scores: write(data.test) });
  }
  const width = kind === "classes" ? data.classes : 1;
  const fits = output?.shape.length === 2 && output.shape[1] === width && others.length === 0;
  if (!fits || kind === undefined) return undefined;
  return () => {
    const count = Math.min(data.validation.count, MOST_JUDGED);
    const judged = { predicted: new Float32Array(count), scores: new Float32Array(count) };
    let from = 0;
    for (const { x, count: size } of network.batches.all(data, data.validation)) {
      if (from >= count) break;
      // Twice in a run: a graph of its own would not pay.
      const [classes, highest] = tf.tidy(() => {
        const scores = objective.predict(objective.forward(x, { training: false }));
        return [kind === "classes" ? scores.argMax(-1) : scores.flatten(), scores.max(-1)] as const;
      });
      judged.predicted.set(classes.dataSync().subarray(0, count - from), from);
      judged.scores.set(highest.dataSync().subarray(0, count - from), from);
      from += size;
      tf.dispose([classes, highest]);
    }
    return judged;
  };
}
