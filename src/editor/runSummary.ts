/** A run in a line: for lenses, status bar and picks. No editor in here. */
import type { RunEvent } from "../protocol/events.ts";
import { asMetric, asPercent } from "../protocol/figures.ts";
import { LIVE_STATES, type RunRecord, type RunState } from "../protocol/run.ts";

export interface Progress {
  readonly epoch: number;
  readonly epochsPlanned?: number;
  /** 0..1 */
  readonly sparsity?: number;
  readonly phase?: string;
}

/** The newest figures: `before` brought up to date by `events`. */
export function advance(before: Progress, events: readonly RunEvent[]): Progress {
  let progress = before;
  for (const event of events) {
    if (event.type === "step") {
      progress = { ...progress, epoch: event.epoch, phase: event.phase };
    } else if (event.type === "epoch") {
      const { epoch, epochsPlanned, sparsity, phase } = event;
      progress = { epoch, epochsPlanned, sparsity, phase };
    } else if (event.type === "prune") {
      progress = { ...progress, sparsity: event.sparsity };
    }
  }
  return progress;
}

export function isLive(state: RunState): boolean {
  return LIVE_STATES.has(state);
}

/** `epoch 7 of 90 · 62.0 % sparse` */
export function describeProgress(state: RunState, progress: Progress): string {
  if (state === "starting" || progress.epoch === 0) {
    return state === "stopping" ? "stopping" : "starting";
  }
  const epoch = `epoch ${progress.epoch}${progress.epochsPlanned === undefined ? "" : ` of ${progress.epochsPlanned}`}`;
  const sparsity = progress.sparsity === undefined ? "" : ` · ${asPercent(progress.sparsity)} sparse`;
  return `${state === "running" ? "" : `${state}, `}${epoch}${sparsity}`;
}

/** `97.4 % sparse, accuracy 98.3 %`, or how it ended without a result. */
export function describeEnd(record: RunRecord, state: RunState): string {
  const { result } = record;
  if (state === "failed") {
    return `failed: ${record.error?.message ?? "see the log"}`;
  }
  if (result === undefined) {
    return state;
  }
  const metric = record.settings?.metrics[0] ?? "metric";
  const figures = `${asPercent(result.sparsity)} sparse, ${metric} ${asMetric(metric, result.test.metric)}`;
  return state === "done" ? figures : `${state}: ${figures}`;
}
