/** The figures of one run for notebooks and spreadsheets. */
import Papa from "papaparse";
import type { RunEvent } from "../../protocol/events.ts";
import type { LayerSummary, RunRecord } from "../../protocol/run.ts";

type Row = Record<string, string | number | undefined>;

/** One line an epoch; what a pruning after it removed stands in the same line. Figures are as stored. */
export function metricsAsCsv(events: readonly RunEvent[]): string {
  let layers: readonly LayerSummary[] = [];
  let metric = "metric";
  const rows = new Map<number, Row>();
  for (const event of events) {
    if (event.type === "model") {
      layers = event.layers;
      metric = event.metric;
    } else if (event.type === "epoch") {
      const { epoch, phase, seconds, learningRate, lambda, gamma = 0, loss, validation, sparsity } = event;
      rows.set(epoch, {
        epoch,
        phase,
        seconds,
        learning_rate: learningRate,
        lambda,
        gamma,
        training_loss: loss,
        validation_loss: validation.loss,
        [`validation_${metric}`]: validation.metric ?? undefined,
        sparsity,
        pruned: undefined,
        pruning_threshold: undefined,
        sparsity_after_pruning: undefined,
        ...Object.fromEntries(layers.map(({ name }, index) => [`weights ${name}`, event.remaining[index]])),
        ...Object.fromEntries(
          layers.flatMap(({ name, units }, index) =>
            units === undefined ? [] : [[`${units.of} ${name}`, event.unitsAlive[index] ?? undefined]],
          ),
        ),
      });
    } else if (event.type === "prune") {
      const { pruned, threshold, sparsity } = event;
      const row = rows.get(event.epoch) ?? { epoch: event.epoch };
      rows.set(event.epoch, {
        ...row,
        pruned: Number(row["pruned"] ?? 0) + pruned,
        pruning_threshold: threshold,
        sparsity_after_pruning: sparsity,
      });
    }
  }
  return `${Papa.unparse([...rows.values()], { escapeFormulae: true, newline: "\n" })}\n`;
}

/** The record, and every event but the live figures and the names of checkpoints. */
export function metricsAsJson(record: RunRecord, events: readonly RunEvent[]): string {
  const kept = events.filter((event) => event.type !== "step" && event.type !== "checkpoint");
  return `${JSON.stringify({ run: record, events: kept }, null, 1)}\n`;
}
