/** What the final network is without the units that do nothing, as a run's folder keeps it. */
import type * as Tf from "@tensorflow/tfjs";
import { compactModel } from "../compact/compactModel.ts";
import { countFlops } from "../compact/flops.ts";
import type { AnyDataSet } from "../data/types.ts";
import { COMPACTION_FORMAT, type Compaction } from "../protocol/compaction.ts";
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
  const {
    model: smaller,
    layers,
    difference,
    kept,
  } = compactModel(tf, model, {
    ...(examples === undefined ? {} : { examples }),
  });
  const flops = [model, smaller].map(countFlops);
  const [dense, compact] = flops;
  const remaining = model.weights.reduce((sum, weight) => sum + countLeft(weight.read() as Tf.Tensor), 0);
  const parameters = { dense: model.countParams(), remaining, compact: smaller.countParams() };
  for (const tensor of examples ?? []) tensor.dispose();
  if (smaller !== model) for (const weight of smaller.weights) weight.read().dispose();
  return {
    format: COMPACTION_FORMAT,
    layers: [...layers],
    parameters,
    ...(dense === undefined || compact === undefined ? {} : { flops: { dense, compact } }),
    difference,
    ...(kept === undefined ? {} : { kept }),
  };
}

function countLeft(values: Tf.Tensor): number {
  let count = 0;
  for (const value of values.dataSync()) if (value !== 0) count += 1;
  return count;
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
