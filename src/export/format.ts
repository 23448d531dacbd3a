/** A form that a run's model is written in. One file of this room for each, listed in index.ts. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import type { ModelFormat } from "../protocol/modelExport.ts";

/** By weight name, of those weights that could be pruned: 1 where a weight is left, 0 where it is pruned. */
export type Masks = ReadonlyMap<string, Float32Array>;

export interface ExportedModel {
  readonly tf: TF;
  /** Built, with its weights: the compact one, or the user's own where it could not be made smaller. */
  readonly model: Tf.LayersModel;
  /** Of `model`, by `nameWeights`. */
  readonly masks: Masks;
  /** The user's own model with the same weights, pruned ones 0. */
  readonly original: { readonly model: Tf.LayersModel; readonly masks: Masks };
  /** What a file says of where it comes from: the run, its model, its sparsity. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ExportFormat {
  readonly name: ModelFormat;
  /**
   * @returns contents by path within the folder, with `/`; of a single file under any name
   * @throws WhittleError (usage) naming the layer that the form has no room for
   */
  encode(exported: ExportedModel): Promise<ReadonlyMap<string, Uint8Array>>;
}
