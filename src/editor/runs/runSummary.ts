/** A run in a line: for lenses, status bar, views and picks. No editor in here. */
import * as l10n from "@vscode/l10n";
import type { RunEvent } from "../../protocol/events.ts";
import { asDuration, asMetric, asPercent } from "../../protocol/figures.ts";
import { followPace, NO_PACE, type Pace, secondsLeft } from "../../protocol/pace.ts";
import { LIVE_STATES, type RunRecord, type RunState, type TrialScore } from "../../protocol/run.ts";
import { metricName } from "../../runs/compare/listedRuns.ts";

export interface Progress {
  readonly epoch: number;
  readonly epochsPlanned?: number;
  /** 0..1 */
  readonly sparsity?: number;
  readonly phase?: string;
  /** First metric on the validation split, after the last epoch or pruning. */
  readonly metric?: number;
  /** For the time left. */
  readonly pace: Pace;
}

export const NOT_BEGUN: Progress = { epoch: 0, pace: NO_PACE };

/** The newest figures: `before` brought up to date by `events`. */
export function advance(before: Progress, events: readonly RunEvent[]): Progress {
  let progress = before;
  for (const event of events) {
    const pace = followPace(progress.pace, event);
    if (event.type === "step") {
      progress = { ...progress, pace, epoch: event.epoch, phase: event.phase };
    } else if (event.type === "epoch") {
      const { epoch, epochsPlanned, sparsity, phase } = event;
      progress = { epoch, epochsPlanned, sparsity, phase, pace, ...metricAfter(progress, event) };
    } else if (event.type === "prune") {
      progress = { ...progress, sparsity: event.sparsity, ...metricAfter(progress, event) };
    }
  }
  return progress;
}

/** The last figure stays where none was taken. */
function metricAfter(before: Progress, { validation }: { readonly validation: TrialScore }): Pick<Progress, "metric"> {
  const metric = validation.metric ?? before.metric;
  return metric === undefined ? {} : { metric };
}

/** Being trained, or waiting for its turn. */
export function isLive(state: RunState): boolean {
  return state === "queued" || LIVE_STATES.has(state);
}

/** One word, for people. */
export function describeState(state: RunState): string {
  switch (state) {
    case "queued":
      return l10n.t("queued");
    case "starting":
      return l10n.t("starting");
    case "running":
      return l10n.t("running");
    case "paused":
      return l10n.t("paused");
    case "stopping":
      return l10n.t("stopping");
    case "done":
      return l10n.t("done");
    case "failed":
      return l10n.t("failed");
    case "stopped":
      return l10n.t("stopped");
    case "interrupted":
      return l10n.t("interrupted");
    default:
      return state satisfies never;
  }
}

/** `epoch 7 of 90 · 62.0 % sparse` */
export function describeProgress(state: RunState, progress: Progress): string {
  if (state === "queued" || state === "starting" || progress.epoch === 0) {
    return describeState(state === "running" ? "starting" : state);
  }
  const epoch =
    progress.epochsPlanned === undefined
      ? l10n.t("epoch {0}", progress.epoch)
      : l10n.t("epoch {0} of {1}", progress.epoch, progress.epochsPlanned);
  const sparsity = progress.sparsity === undefined ? [] : [l10n.t("{0} sparse", asPercent(progress.sparsity))];
  const line = [epoch, ...sparsity].join(" · ");
  return state === "running" ? line : `${describeState(state)}, ${line}`;
}

/** `4 min 05 s left at most`; undefined before the first epoch is over, and after the last. */
export function describeTimeLeft({ pace }: Pick<Progress, "pace">): string | undefined {
  const seconds = secondsLeft(pace);
  return seconds === undefined || seconds === 0 ? undefined : l10n.t("{0} left at most", asDuration(seconds));
}

/** `97.4 % sparse, accuracy 98.3 %`, or how it ended without a result. */
export function describeEnd(record: RunRecord, state: RunState): string {
  const { result } = record;
  if (state === "failed") {
    return l10n.t("failed: {0}", record.error?.message ?? l10n.t("see the log"));
  }
  if (result === undefined) {
    return describeState(state);
  }
  const metric = metricName(record);
  const figures = l10n.t(
    "{0} sparse, {1} {2}",
    asPercent(result.sparsity),
    metric,
    asMetric(metric, result.test.metric),
  );
  return state === "done" ? figures : `${describeState(state)}: ${figures}`;
}
