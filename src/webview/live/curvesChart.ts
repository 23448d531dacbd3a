/** Sparsity and validation metric over epochs, with the prunings marked. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { downsample } from "../../protocol/downsample.ts";
import { asCount, asFigure, asMetric, asPercent, metricScale } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, LOG_AXIS, percentAxis, plainFigure, withPercent } from "../charts/chartSetup.ts";
import { asMeasured } from "../charts/measuredLine.ts";
import { smooth } from "../charts/smoothing.ts";
import { spacedLabels } from "../charts/spacedLabels.ts";
import { metricCell } from "./metricCell.ts";
import { metricEnds } from "./metricEnds.ts";
import type { EpochPoint, Pruning, RunView } from "./runView.ts";

/** More points than this no screen shows. */
const MOST_POINTS = 800;
/** Up to here each point has a dot. */
const MOST_DOTS = 60;
/** A pruning says how sparse the network was after it, where its label has this part of the axis for itself. */
const LABEL_WIDTH = 0.08;

export interface CurveOptions {
  /** Of the metric, 0..0.99. */
  readonly smoothing: number;
  /** The metric on a logarithmic axis, where that can be. */
  readonly isLog: boolean;
}

/** A logarithmic axis has no place for 0 and what is below it. */
export function canBeLogarithmic({ epochs }: RunView): boolean {
  return epochs.every(({ metric }) => metric === null || metric > 0);
}

export function drawCurves(view: RunView, { smoothing, isLog: wantsLog }: CurveOptions, theme: Theme): Drawing {
  const { epochs, metric, prunings } = view;
  const isLog = wantsLog && canBeLogarithmic(view);
  const labelled = spacedLabels(
    prunings.map(({ epoch }) => epoch),
    LABEL_WIDTH * (epochs.at(-1)?.epoch ?? 0),
  );
  const { scale } = metricScale(metric);
  const measured = epochs.filter(isMeasured);
  const smoothed = smoothing > 0 ? smoothedMetrics(measured, smoothing) : undefined;
  const smoothedOf = (point: MeasuredPoint): number => smoothed?.get(point) ?? point.metric;
  const points = <T extends EpochPoint>(all: readonly T[], value: (point: T) => number) =>
    downsample(all, MOST_POINTS, (point) => point.epoch, value).flatMap((index) => {
      const point = all[index];
      return point === undefined ? [] : [{ x: point.epoch, y: value(point), point }];
    });
  const line = { borderWidth: 2, pointRadius: epochs.length <= MOST_DOTS ? 2 : 0, pointHitRadius: 8, tension: 0 };
  const metricLine = {
    ...line,
    borderColor: theme.metric,
    backgroundColor: theme.metric,
    // Told apart by more than colour.
    borderDash: [6, 3],
    pointStyle: "rectRot" as const,
    yAxisID: "metric",
  };
  const epochAxis = axis(theme, { title: l10n.t("Epoch"), position: "bottom", hasGrid: false });
  const metricAxis = axis(theme, { title: metric, position: "right", hasGrid: false });
  return {
    data: {
      datasets: [
        {
          ...line,
          label: l10n.t("Sparsity"),
          data: points(epochs, (point) => point.sparsity * 100),
          borderColor: theme.sparsity,
          backgroundColor: theme.sparsity,
          yAxisID: "y",
        },
        { ...metricLine, label: metric, data: points(measured, (point) => smoothedOf(point) * scale) },
        ...(smoothed === undefined
          ? []
          : [{ ...asMeasured(metricLine), data: points(measured, (point) => point.metric * scale) }]),
      ],
    },
    options: {
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: {
        x: { ...epochAxis, type: "linear", min: 0, ticks: { ...epochAxis.ticks, precision: 0 } },
        y: percentAxis(theme, { title: l10n.t("Sparsity") }),
        metric: {
          ...metricAxis,
          ...(isLog ? LOG_AXIS : { type: "linear" as const, grace: "10%" }),
          ...metricEnds(
            metric,
            measured.map((point) => point.metric * scale),
            isLog,
          ),
          ticks: { ...metricAxis.ticks, maxTicksLimit: 6, callback: scale === 100 ? withPercent : plainFigure },
        },
      },
      plugins: {
        annotation: {
          annotations: [...prunings.map((one, at) => mark(one, labelled.has(at), theme)), ...dense(view, theme)],
        },
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => describePoint(pointOf(item)),
            label: (item: Hovered) => {
              const point = pointOf(item);
              if (point === undefined) {
                return "";
              }
              return item.datasetIndex === 0 || !isMeasured(point)
                ? l10n.t("Sparsity {0}", asPercent(point.sparsity, 2))
                : [
                    `${metric} ${asMetric(metric, point.metric)}`,
                    ...(smoothed === undefined ? [] : [l10n.t("Smoothed {0}", asMetric(metric, smoothedOf(point)))]),
                  ];
            },
          },
        },
      },
    },
    sheet: {
      columns: [
        l10n.t("Epoch"),
        l10n.t("Phase"),
        l10n.t("Sparsity"),
        l10n.t("Validation {0}", metric),
        l10n.t("Validation loss"),
        ...(smoothed === undefined ? [] : [l10n.t("Smoothed")]),
      ],
      rows: epochs.map((point) => [
        { value: point.epoch, text: String(point.epoch) },
        point.phase,
        { value: point.sparsity, text: asPercent(point.sparsity, 2) },
        metricCell(metric, point.metric),
        { value: point.loss, text: asFigure(point.loss) },
        ...(smoothed === undefined ? [] : [metricCell(metric, isMeasured(point) ? smoothedOf(point) : null)]),
      ]),
    },
    description: describeCurves(view),
  };
}

/** Of what a model writes the metric may not be taken in each epoch. */
type MeasuredPoint = EpochPoint & { readonly metric: number };

const isMeasured = (point: EpochPoint): point is MeasuredPoint => point.metric !== null;

function smoothedMetrics(epochs: readonly MeasuredPoint[], strength: number): ReadonlyMap<EpochPoint, number> {
  const values = smooth(
    epochs.map(({ metric }) => metric),
    strength,
  );
  return new Map(epochs.map((point, index) => [point, values[index] ?? point.metric]));
}

/** A line where weights were removed. */
function mark(pruning: Pruning, isLabelled: boolean, theme: Theme): AnnotationOptions {
  return {
    type: "line",
    xMin: pruning.epoch,
    xMax: pruning.epoch,
    borderColor: theme.faint,
    borderWidth: 1,
    borderDash: [2, 3],
    drawTime: "beforeDatasetsDraw",
    label: {
      display: isLabelled,
      content: asPercent(pruning.sparsity),
      position: "start",
      backgroundColor: theme.background,
      color: theme.faint,
      font: { size: 10, weight: "normal" },
      padding: 2,
    },
  };
}

/** The dense reference, across the plot. */
function dense({ reference, metric }: RunView, theme: Theme): AnnotationOptions[] {
  if (reference === undefined) {
    return [];
  }
  const value = reference.metric * metricScale(metric).scale;
  return [
    {
      type: "line",
      yScaleID: "metric",
      yMin: value,
      yMax: value,
      borderColor: theme.metric,
      borderWidth: 1,
      borderDash: [1, 4],
      drawTime: "beforeDatasetsDraw",
    },
  ];
}

function pointOf(item: Hovered | undefined): EpochPoint | undefined {
  return (item?.raw as { readonly point: EpochPoint } | undefined)?.point;
}

function describePoint(point: EpochPoint | undefined): string {
  if (point === undefined) {
    return "";
  }
  return point.isPruned ? l10n.t("After the pruning at epoch {0}", point.epoch) : l10n.t("Epoch {0}", point.epoch);
}

function describeCurves({ epochs, metric, prunings }: RunView): string {
  const last = epochs.at(-1);
  if (last === undefined) {
    return l10n.t("No epoch has ended yet.");
  }
  const lastMetric = epochs.findLast(isMeasured)?.metric;
  const removed = prunings.reduce((sum, one) => sum + one.pruned, 0);
  return l10n.t(
    "After epoch {0}: sparsity {1}, {2} {3} on the validation split. {4} prunings removed {5} weights.",
    last.epoch,
    asPercent(last.sparsity),
    metric,
    lastMetric === undefined ? "" : asMetric(metric, lastMetric),
    prunings.length,
    asCount(removed),
  );
}
