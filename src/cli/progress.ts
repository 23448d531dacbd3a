/** Where a run stands, folded from its events: what the live frame draws. */
import type { Phase, RunEvent } from "../protocol/events.ts";
import { followPace, NO_PACE, type Pace } from "../protocol/pace.ts";
import type { EngineRecord, Score, TrialScore } from "../protocol/run.ts";

export interface LayerProgress {
  readonly name: string;
  readonly total: number;
  readonly remaining: number;
}

export interface Progress {
  readonly engine?: EngineRecord;
  /** Name of the first metric. */
  readonly metric: string;
  readonly phase?: Phase;
  readonly pace: Pace;
  /** Training loss of the last step or epoch. */
  readonly loss?: number;
  readonly validation?: Score;
  readonly reference?: Score;
  /** 0..1 */
  readonly sparsity: number;
  readonly layers: readonly LayerProgress[];
  readonly prunings: number;
  /** Probes of the threshold search that is running. */
  readonly probes: number;
}

export const NO_PROGRESS: Progress = {
  metric: "metric",
  pace: NO_PACE,
  sparsity: 0,
  layers: [],
  prunings: 0,
  probes: 0,
};

/** The last figure that was taken stays. */
function takenOf({ loss, metric }: TrialScore): Pick<Progress, "validation"> {
  return metric === null ? {} : { validation: { loss, metric } };
}

export function advance(progress: Progress, event: RunEvent): Progress {
  switch (event.type) {
    case "engine":
      return { ...progress, engine: event.engine };
    case "model":
      return { ...progress, metric: event.metric, layers: event.layers };
    case "step":
      return {
        ...progress,
        phase: event.phase,
        loss: event.loss,
        pace: followPace(progress.pace, event),
      };
    case "epoch":
      return {
        ...progress,
        phase: event.phase,
        pace: followPace(progress.pace, event),
        loss: event.loss,
        ...takenOf(event.validation),
        sparsity: event.sparsity,
        layers: progress.layers.map((layer, index) => ({
          ...layer,
          remaining: event.remaining[index] ?? layer.remaining,
        })),
      };
    case "phase":
      return { ...progress, phase: event.phase, probes: 0 };
    case "reference":
      return { ...progress, reference: event.validation };
    case "probe":
      return { ...progress, probes: progress.probes + 1 };
    case "prune":
      return {
        ...progress,
        sparsity: event.sparsity,
        ...takenOf(event.validation),
        layers: event.layers,
        prunings: progress.prunings + 1,
      };
    case "execution":
    case "compacted":
    case "resumed":
    case "state":
    case "checkpoint":
    case "histogram":
    case "warning":
    case "failed":
    case "result":
      return progress;
  }
}
