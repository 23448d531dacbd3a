/** What a model says of examples whose targets are classes, or a value each, or texts. */
import type * as Tf from "@tensorflow/tfjs";
import type { AnyDataSet, Split } from "../data/types.ts";
import { planWriting } from "../generation/plan.ts";
import type { Objective } from "../models/losses/loss.ts";
import type { Settings } from "../protocol/settings.ts";
import { createContinueParts } from "./continuing.ts";
import type { Judgement } from "./judgement.ts";
import type { Network } from "./network.ts";
import { kindOfTargets, MOST_JUDGED } from "./predictions.ts";
import { packTexts } from "./textPredictions.ts";

type TF = typeof Tf;

export interface Judged {
  readonly model: Tf.LayersModel;
  readonly objective: Objective;
  /** Of the model. */
  readonly network: Pick<Network, "batches" | "write">;
  readonly data: AnyDataSet;
  readonly settings: Pick<Settings, "generation" | "seed">;
}

/** @returns of the first validation examples; undefined where outputs are neither a score for each class nor one value, nor write texts */
export function createJudge(tf: TF, judged: Judged): (() => Judgement) | undefined {
  const { model, objective, network, data } = judged;
  const [output, ...others] = model.outputs;
  const kind = kindOfTargets(data);
  if (kind === "texts") return createTextJudge(tf, judged);
  const width = kind === "classes" ? data.classes : 1;
  const fits = output?.shape.length === 2 && output.shape[1] === width && others.length === 0;
  if (!fits || kind === undefined) return undefined;
  return () => {
    const count = Math.min(data.validation.count, MOST_JUDGED);
    const predicted = new Float32Array(count);
    const scores = kind === "classes" ? new Float32Array(count) : undefined;
    let from = 0;
    for (const { x, count: size } of network.batches.all(data, data.validation)) {
      if (from >= count) break;
      // Twice in a run: a graph of its own would not pay.
      const [said, highest] = tf.tidy(() => {
        const outputs = objective.predict(objective.forward(x, { training: false }));
        return [kind === "classes" ? outputs.argMax(-1) : outputs.flatten(), outputs.max(-1)] as const;
      });
      predicted.set(said.dataSync().subarray(0, count - from), from);
      scores?.set(highest.dataSync().subarray(0, count - from), from);
      from += size;
      tf.dispose([said, highest]);
    }
    return { predicted, scores };
  };
}

function createTextJudge(tf: TF, { model, network, data, settings }: Judged): (() => Judgement) | undefined {
  if (data.texts?.pairs === undefined) {
    const continueParts = createContinueParts(tf, model, data, settings);
    return continueParts && (() => ({ predicted: packTexts(continueParts()) }));
  }
  if (planWriting(model)?.source === undefined) return undefined;
  const write = (split: Split) => packTexts(network.write(data, split));
  return () => ({ predicted: write(data.validation), test: write(data.test) });
}
