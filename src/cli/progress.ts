/** Where a run stands, folded from its events: what the live frame draws. */
import type { Phase, RunEvent } from "../protocol/events.ts";
import type { EngineRecord, Score } from "../protocol/run.ts";

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
  readonly epoch: number;
  /** Most epochs the run can take; undefined before the first epoch ends. */
  readonly epochsPlanned?: number;
  /** 0..1 of the epoch that is running. */
  readonly partOfEpoch: number;
  /** Training loss of the last step or epoch. */
  readonly loss?: number;
  readonly validation?: Score;
  readonly reference?: Score;
  /** 0..1 */
  readonly sparsity: number;
  readonly layers: readonly LayerProgress[];
  /** Seconds of training so far, as of the last epoch. */
  readonly seconds: number;
  /** Seconds of the last few epochs, newest last. */
  readonly epochSeconds: readonly number[];
  readonly prunings: number;
  /** Probes of the threshold search that is running. */
  readonly probes: number;
}

export const NO_PROGRESS: Progress = {
  metric: "metric",
  epoch: 0,
  partOfEpoch: 0,
  sparsity: 0,
  layers: [],
  seconds: 0,
  epochSeconds: [],
  prunings: 0,
  probes: 0,
};

/** Epochs that the time left is reckoned from: the last few, since a sparse network may train faster. */
const RECENT_EPOCHS = 5;

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
        partOfEpoch: event.stepsPerEpoch === 0 ? 0 : Math.min(1, event.step / event.stepsPerEpoch),
      };
    case "epoch":
      return {
        ...progress,
        phase: event.phase,
        epoch: event.epoch,
        epochsPlanned: event.epochsPlanned,
        partOfEpoch: 0,
        loss: event.loss,
        validation: event.validation,
        sparsity: event.sparsity,
        layers: progress.layers.map((layer, index) => ({
          ...layer,
          remaining: event.remaining[index] ?? layer.remaining,
        })),
        seconds: event.seconds,
        epochSeconds: [...progress.epochSeconds, event.seconds - progress.seconds].slice(-RECENT_EPOCHS),
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
        validation: event.validation,
        layers: event.layers,
        prunings: progress.prunings + 1,
      };
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

/** Seconds until the planned epochs are over: an upper bound, since a run may end sooner. */
export function secondsLeft(progress: Progress): number | undefined {
  const { epochSeconds, epochsPlanned, epoch, partOfEpoch } = progress;
  if (epochSeconds.length === 0 || epochsPlanned === undefined) {
    return undefined;
  }
  const mean = epochSeconds.reduce((sum, seconds) => sum + seconds, 0) / epochSeconds.length;
  return Math.max(0, epochsPlanned - epoch - partOfEpoch) * mean;
}
