/** A run's model file, loaded and built so that what it draws on the way is the same in each process. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../data/random.ts";
import type { TF } from "../engine/types.ts";
import { type LoadedDefinition, loadDefinition } from "../models/load.ts";
import { resolveSettings } from "../models/settings.ts";
import type { RunRecord } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";

/**
 * A model that the file makes at its top gets its first weights here, and data may be drawn.
 * @param modelFile the plan's, or a copy of it
 */
export function loadSeeded(
  tf: TF,
  modelFile: string,
  { exportName, overrides }: Pick<RunRecord["plan"], "exportName" | "overrides">,
  options?: Parameters<typeof loadDefinition>[3],
): Promise<LoadedDefinition> {
  // What the file says of the seed is not known yet.
  const { seed } = resolveSettings({}, overrides);
  const random = createRandom(seed, "load");
  return withSeededMathRandom(random, () => loadDefinition(tf, modelFile, exportName, options));
}

/** Initializers without a seed of their own draw from Math.random. */
export function buildSeeded(
  definition: LoadedDefinition,
  { seed, args }: Pick<Settings, "seed" | "args">,
): Promise<Tf.LayersModel> {
  return withSeededMathRandom(createRandom(seed, "init"), () => definition.build(args));
}
