/** Events of a run as lines of text: for pipes, and for `whittle log`. */
import type { RunEvent } from "../protocol/events.ts";
import { asCount, asDuration, asFigure, asMetric, asPercent } from "../protocol/figures.ts";
import type { EngineRecord, ExecutionRecord } from "../protocol/run.ts";
import type { Progress } from "./progress.ts";

/**
 * One line, or undefined for events that are only of use to a live picture (steps, probes, checkpoints).
 * @param progress where the run stood before this event; gives the metric's name
 * @param everything also states, probes and checkpoints
 */
export function describeEvent(event: RunEvent, progress: Progress, everything = false): string | undefined {
  const metric = (value: number | null): string =>
    value === null ? `no ${progress.metric}` : `${progress.metric} ${asMetric(progress.metric, value)}`;
  switch (event.type) {
    case "state":
      return everything || event.state === "paused"
        ? `${event.state}${event.pid === undefined ? "" : ` (process ${event.pid})`}`
        : undefined;
    case "engine":
      return describeEngine(event.engine);
    case "execution":
      return `steps as ${describeExecution(event.execution)}`;
    case "model": {
      const prunable = event.layers.reduce((sum, layer) => sum + layer.total, 0);
      return `model: ${event.layers.length} prunable layers, ${asCount(prunable)} of ${asCount(event.params)} parameters`;
    }
    case "epoch":
      return [
        `${event.phase} epoch ${event.epoch}/${event.epochsPlanned}`,
        `loss ${asFigure(event.loss)}`,
        `validation loss ${asFigure(event.validation.loss)}`,
        metric(event.validation.metric),
        `sparsity ${asPercent(event.sparsity, 2)}`,
        asDuration(event.seconds),
      ].join("  ");
    case "phase":
      return `${event.phase}: ${event.reason}`;
    case "reference":
      return `baseline: validation loss ${asFigure(event.validation.loss)}, ${metric(event.validation.metric)}`;
    case "probe":
      return everything
        ? `probe: threshold ${asFigure(event.threshold)}, sparsity ${asPercent(event.sparsity, 2)}, validation loss ${asFigure(event.validation.loss)}, ${metric(event.validation.metric)}: ${event.accepted ? "accepted" : "rejected"}`
        : undefined;
    case "prune":
      return `pruned ${asCount(event.pruned)} weights below ${asFigure(event.threshold)}: sparsity ${asPercent(event.sparsity, 2)}, ${metric(event.validation.metric)}`;
    case "compacted":
      return `trained from here on: ${asCount(event.weights.trained)} of ${asCount(event.weights.model)} weights, without units that do nothing`;
    case "checkpoint":
      return everything ? `checkpoint: ${event.file}` : undefined;
    case "resumed":
      return `resumed after event ${event.after}`;
    case "warning":
      return `warning: ${event.message}`;
    case "failed":
      return `failed: ${event.error.message}`;
    case "result":
      return `result: sparsity ${asPercent(event.result.sparsity, 2)}, test ${metric(event.result.test.metric)} (baseline ${asMetric(progress.metric, event.result.referenceTest.metric)})`;
    case "step":
    case "histogram":
      return undefined;
  }
}

export function describeExecution({ mode, reason }: ExecutionRecord): string {
  return `${mode === "graph" ? "one graph" : "single operations"}: ${reason}`;
}

/** The reason says, where the native engine is only missing, how to get it. */
export function describeEngine(engine: EngineRecord): string {
  return `engine ${engine.name}: ${engine.reason}`;
}
