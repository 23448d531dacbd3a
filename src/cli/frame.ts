/** The live picture of a run on a terminal. */
import { asCount, asDuration, asFigure, asMetric, asPercent } from "../protocol/figures.ts";
import { secondsLeft } from "../protocol/pace.ts";
import type { LayerProgress, Progress } from "./progress.ts";
import type { Style } from "./style.ts";

const PHASE_WORDS: Readonly<Record<string, string>> = {
  train: "training",
  recover: "recovering",
  search: "searching the threshold",
  prune: "pruning",
  finetune: "fine-tuning",
  done: "done",
  stopped: "stopped",
  failed: "failed",
};

const FINAL_PHASES: ReadonlySet<string> = new Set(["done", "stopped", "failed"]);
const BAR_WIDTH = 20;
/** Layers drawn at most; a frame taller than the terminal could not be redrawn. */
const ROWS_BESIDE_LAYERS = 6;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** @param rows height of the terminal */
export function drawFrame(progress: Progress, style: Style, rows: number): string {
  return [headline(progress, style), figures(progress), ...layerLines(progress, style, rows)].join("\n");
}

function headline(progress: Progress, style: Style): string {
  if (progress.phase === undefined) {
    return progress.engine === undefined ? "starting" : "preparing the data";
  }
  const { epochs, part, planned } = progress.pace;
  const left = FINAL_PHASES.has(progress.phase) ? undefined : secondsLeft(progress.pace);
  return [
    style.bold(PHASE_WORDS[progress.phase] ?? progress.phase),
    `epoch ${epochs + part > 0 ? (epochs + part).toFixed(1) : 0}${planned === undefined ? "" : ` of at most ${planned}`}`,
    ...(left === undefined ? [] : [`at most ${asDuration(left)} left`]),
    ...(progress.probes > 0 ? [`${progress.probes} probes`] : []),
  ].join(" · ");
}

function figures(progress: Progress): string {
  const { metric, validation, reference, loss } = progress;
  return [
    ...(loss === undefined ? [] : [`loss ${asFigure(loss)}`]),
    ...(validation === undefined ? [] : [`${metric} ${asMetric(metric, validation.metric)}`]),
    ...(reference === undefined ? [] : [`baseline ${asMetric(metric, reference.metric)}`]),
    `sparsity ${asPercent(progress.sparsity, 2)}`,
    ...(progress.prunings > 0 ? [`${progress.prunings} ${progress.prunings === 1 ? "pruning" : "prunings"}`] : []),
  ].join(" · ");
}

function layerLines(progress: Progress, style: Style, rows: number): string[] {
  const room = Math.max(1, rows - ROWS_BESIDE_LAYERS);
  const shown = progress.layers.slice(0, progress.layers.length > room ? room - 1 : room);
  const width = Math.max(0, ...shown.map((layer) => layer.name.length));
  const hidden = progress.layers.length - shown.length;
  return [
    ...shown.map((layer) => layerLine(layer, width, style)),
    ...(hidden > 0 ? [style.dim(`  and ${hidden} more layers`)] : []),
  ];
}

function layerLine(layer: LayerProgress, width: number, style: Style): string {
  const sparsity = sparsityOf(layer);
  return `  ${layer.name.padEnd(width)} ${style.cyan(drawBar(sparsity, BAR_WIDTH))} ${asPercent(sparsity).padStart(7)} ${style.dim(`${asCount(layer.remaining)} of ${asCount(layer.total)} left`)}`;
}

function sparsityOf(layer: LayerProgress): number {
  return layer.total === 0 ? 0 : 1 - layer.remaining / layer.total;
}

/** `width` columns wide; the filled part is right to an eighth of a column. @param part 0..1 */
export function drawBar(part: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * width * 8);
  const filled = "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
  return filled.padEnd(width, "·");
}
