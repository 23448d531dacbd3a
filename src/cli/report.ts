/** What a finished run is worth: per layer, and the pruned network beside its dense baseline. */
import Table from "cli-table3";
import { NONE } from "../protocol/comparisonTexts.ts";
import { asCount, asDuration, asFigure, asMetric, asPercent, asShape } from "../protocol/figures.ts";
import type { RunResult } from "../protocol/run.ts";
import { countText } from "../protocol/unitTexts.ts";

/** @param metric name of the first metric */
export function describeResult(result: RunResult, metric: string): string {
  return [layerTable(result), comparisonTable(result, metric)].join("\n");
}

function layerTable(result: RunResult): string {
  const table = plainTable(
    ["layer", "shape", "weights", "pruned to", "sparsity", "units", "alive"],
    ["left", "left", "right", "right", "right", "right", "right"],
  );
  for (const layer of result.layers) {
    table.push([
      layer.name,
      asShape(layer.shape),
      asCount(layer.total),
      asCount(layer.remaining),
      asPercent(layer.sparsity, 2),
      layer.units === undefined ? NONE : countText(asCount(layer.units.count), layer.units.of),
      layer.unitsAlive === undefined ? NONE : asCount(layer.unitsAlive),
    ]);
  }
  return table.toString();
}

function comparisonTable(result: RunResult, metric: string): string {
  const { reference, referenceTest, validation, test, params } = result;
  const table = plainTable(["", "baseline", "pruned"], ["left", "right", "right"]);
  table.push(
    ["parameters", asCount(params.total), asCount(params.remaining)],
    ["sparsity", asPercent(0, 2), asPercent(result.sparsity, 2)],
    [`validation ${metric}`, asMetric(metric, reference.metric), asMetric(metric, validation.metric)],
    ["validation loss", asFigure(reference.loss), asFigure(validation.loss)],
    [`test ${metric}`, asMetric(metric, referenceTest.metric), asMetric(metric, test.metric)],
    ["test loss", asFigure(referenceTest.loss), asFigure(test.loss)],
  );
  const line = `${result.engine} engine, seed ${result.seed}, ${result.epochs} epochs in ${asDuration(result.seconds)} of training`;
  return [table.toString(), line, ...describeSpent(result)].join("\n");
}

function describeSpent({ steps, spent }: RunResult): string[] {
  if (steps === undefined || spent === undefined || spent.train === 0) return [];
  const parts = [
    `${asCount(Math.round(steps / spent.train))} steps a second`,
    `steps ${asDuration(spent.train)}`,
    `data ${asDuration(spent.data)}`,
    `evaluation ${asDuration(spent.evaluate)}`,
    `search ${asDuration(spent.search)}`,
    `checkpoints ${asDuration(spent.checkpoint)} beside it`,
  ];
  return [parts.join(", ")];
}

/**
 * The pruned network beside a dense one that was trained for as many epochs.
 * @param denseEpochs of the reference that the run trained itself
 */
export function describeTwin(
  pruned: RunResult,
  twin: RunResult,
  metric: string,
  denseEpochs: number | undefined,
): string {
  const table = plainTable(["", "baseline", "dense twin", "pruned"], ["left", "right", "right", "right"]);
  const row = (label: string, split: "validation" | "test", reference: RunResult["reference"]): string[] => [
    `${label} ${metric}`,
    ...[reference, twin[split], pruned[split]].map((score) => asMetric(metric, score.metric)),
  ];
  table.push(
    ["epochs", denseEpochs === undefined ? NONE : asCount(denseEpochs), asCount(twin.epochs), asCount(pruned.epochs)],
    row("validation", "validation", pruned.reference),
    row("test", "test", pruned.referenceTest),
  );
  return `${table.toString()}\nThe dense twin is run ${twin.id}.`;
}

type Alignment = "left" | "right";

/** Without colours and lines between rows: the same on a terminal and in a file. */
export function plainTable(head: string[], colAligns: Alignment[]): Table.Table {
  const noRowLines = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  return new Table({ head, colAligns, chars: noRowLines, style: { head: [], border: [] } });
}
