/** The runs of what a file defines, under any of its exports, and their figures layer by layer. */

import type { FoundLayer } from "../../models/scan/found.ts";
import { matchLayers } from "../../models/scan/layerTensors.ts";
import type { Trainable } from "../../models/scan/trainables.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import type { RunWatch, WatchedRun } from "../runs/runWatch.ts";

/** Newest first. */
export function runsOfTrainable(runs: RunWatch, modelFile: string, { exportNames }: Trainable): readonly WatchedRun[] {
  return exportNames
    .flatMap((exportName) => runs.of(modelFile, exportName))
    .sort((a, b) => (a.run.id < b.run.id ? 1 : -1));
}

export interface LayerRun {
  readonly layer: FoundLayer;
  /** The prunable weights in that run of each layer that the call made. */
  readonly made: readonly (readonly LayerSummary[])[];
  /** All of them. */
  readonly tensors: readonly LayerSummary[];
  readonly watched: WatchedRun;
}

/** For each layer in the text its figures in the run that was selected for its model, else in the newest. */
export function collectLayerRuns(
  runs: RunWatch,
  modelFile: string,
  trainables: readonly Trainable[],
): readonly LayerRun[] {
  const seen = new Set<number>();
  return trainables.flatMap(({ exportNames, layers }) => {
    const watched = exportNames.flatMap((exportName) => runs.selectedOf(modelFile, exportName) ?? [])[0];
    if (watched === undefined) {
      return [];
    }
    return [...matchLayers(layers, watched.layers)]
      .filter(([layer]) => {
        // Experiments that share a function share its lines: the first one has them.
        const isFirst = !seen.has(layer.start);
        seen.add(layer.start);
        return isFirst;
      })
      .map(([layer, made]) => ({ layer, made, tensors: made.flat(), watched }));
  });
}
