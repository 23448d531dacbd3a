import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { createCachedWriter } from "./cachedWriter.ts";
import { createPlainWriter } from "./plainWriter.ts";
import type { WritingPlan } from "./plan.ts";
import type { Writer } from "./writer.ts";

/** Position by position where all layers can, else anew for each token. @param source see `createCachedWriter` */
export function createWriter(
  tf: TF,
  model: Tf.LayersModel,
  plan: WritingPlan,
  source: Tf.Tensor2D | undefined,
): Writer {
  return plan.steps === undefined ? createPlainWriter(tf, model, plan, source) : createCachedWriter(tf, plan, source);
}
