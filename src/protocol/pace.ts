/** How long a run will take at most, the same for panel, status bar and command line. */
import type { RunEvent } from "./events.ts";

export interface Pace {
  /** Epochs that are over, and the most the run can take. */
  readonly epochs: number;
  readonly planned?: number;
  /** Of the epoch that is running, 0..1. */
  readonly part: number;
  /** Of training, until the end of the last epoch. */
  readonly seconds: number;
  /** Seconds of the last few epochs, newest last. */
  readonly recent: readonly number[];
  /** Steps, and seconds of them alone, until the end of the last epoch. */
  readonly trained?: { readonly steps: number; readonly seconds: number };
  /** In the last epoch. */
  readonly stepsPerSecond?: number;
}

export const NO_PACE: Pace = { epochs: 0, part: 0, seconds: 0, recent: [] };

/** Epochs that the time left is reckoned from: the last few, since a sparse network may train faster. */
const RECENT_EPOCHS = 5;

export function followPace(pace: Pace, event: RunEvent): Pace {
  if (event.type === "step") {
    return { ...pace, part: event.stepsPerEpoch === 0 ? 0 : Math.min(1, event.step / event.stepsPerEpoch) };
  }
  if (event.type !== "epoch") {
    return pace;
  }
  const { epoch, epochsPlanned, seconds } = event;
  const recent = [...pace.recent, seconds - pace.seconds].slice(-RECENT_EPOCHS);
  const next = { epochs: epoch, planned: epochsPlanned, part: 0, seconds, recent };
  const { steps, spent } = event;
  if (steps === undefined || spent === undefined) {
    return next;
  }
  const before = pace.trained ?? { steps: 0, seconds: 0 };
  const trained = { steps, seconds: spent.train };
  const took = trained.seconds - before.seconds;
  return { ...next, trained, ...(took > 0 ? { stepsPerSecond: (steps - before.steps) / took } : {}) };
}

/** Until the planned epochs are over: an upper bound, since a run may end sooner. Undefined before the first epoch ends. */
export function secondsLeft({ epochs, planned, part, recent }: Pace): number | undefined {
  if (recent.length === 0 || planned === undefined) {
    return undefined;
  }
  const mean = recent.reduce((sum, seconds) => sum + seconds, 0) / recent.length;
  return Math.max(0, planned - epochs - part) * mean;
}
