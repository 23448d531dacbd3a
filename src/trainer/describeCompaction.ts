/** What the final network is without the units that do nothing, as a run's folder keeps it. */
import type * as Tf from "@tensorflow/tfjs";
import { compactModel } from "../compact/compactModel.ts";
import { disposeWeights } from "../compact/weights.ts";
import type { AnyDataSet } from "../data/types.ts";
import { COMPACTION_FORMAT, type Compaction } from "../protocol/compaction.ts";
import { describeSizes } from "./describeSizes.ts";
import type { Network } from "./network.ts";

/** Real examples that the two networks are compared on. */
const COMPARED = 100;

/** @param model the user's, with the weights of the end @param network of it */
export function describeCompaction(
  tf: typeof Tf,
  model: Tf.LayersModel,
  network: Pick<Network, "batches">,
  data: AnyDataSet,
): Compaction {
  const examples = firstExamples(tf, model, network, data);
  const compact = compactModel(tf, model, examples === undefined ? {} : { examples });
  const sizes = describeSizes(model, compact);
  for (const tensor of examples ?? []) tensor.dispose();
  if (compact.model !== model) disposeWeights(compact.model);
  return { format: COMPACTION_FORMAT, ...sizes, difference: compact.difference };
}

/** Where they go into a model as they are: those of several inputs lie side by side. */
function firstExamples(
  tf: typeof Tf,
  model: Tf.LayersModel,
  { batches }: Pick<Network, "batches">,
  data: AnyDataSet,
): readonly Tf.Tensor[] | undefined {
  if (model.inputs.length > 1) return undefined;
  for (const { x, count } of batches.all(data, data.validation)) {
    return [tf.tidy(() => tf.slice(x, [0], [Math.min(COMPARED, count)]))];
  }
  return undefined;
}
