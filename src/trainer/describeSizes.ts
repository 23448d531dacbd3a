/** A network and the smaller one made of it, in numbers. */
import type * as Tf from "@tensorflow/tfjs";
import type { CompactModel } from "../compact/compactModel.ts";
import { countFlops } from "../compact/flops.ts";
import type { Compaction } from "../protocol/compaction.ts";

type Sizes = Pick<Compaction, "layers" | "parameters" | "flops" | "kept">;

/** @param model the user's, pruned weights 0 @param compact made of it */
export function describeSizes(model: Tf.LayersModel, { model: smaller, layers, kept }: CompactModel): Sizes {
  const [dense, compact] = [countFlops(model), countFlops(smaller)];
  return {
    layers: [...layers],
    parameters: { dense: model.countParams(), remaining: countLeft(model), compact: smaller.countParams() },
    ...(dense === undefined || compact === undefined ? {} : { flops: { dense, compact } }),
    ...(kept === undefined ? {} : { kept }),
  };
}

function countLeft({ weights }: Tf.LayersModel): number {
  let count = 0;
  for (const weight of weights) for (const value of weight.read().dataSync()) count += Number(value !== 0);
  return count;
}
