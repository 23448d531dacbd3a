/** Sparsity and validation metric over epochs, with the prunings marked. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { asCount, asFigure, asMetric, asPercent, metricScale } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, LOG_AXIS, percentAxis, plainFigure, withPercent } from "../charts/chartSetup.ts";
import {
  type CurveOptions,
  DASHED,
  describePoint,
  epochAxis,
  labelledMarks,
  lineOf,
  linesOf,
  pointOf,
  pointsOf,
  smoothed,
} from "./epochChart.ts";
import { metricCell } from "./metricCell.ts";
import { metricEnds } from "./metricEnds.ts";
import type { EpochPoint, RunView } from "./runView.ts";

/** A logarithmic axis has no place for 0 and what is below it. */
export function canBeLogarithmic({ epochs }: RunView): boolean {
  return epochs.every(({ metric }) => metric === null || metric > 0);
}

export function drawCurves(view: RunView, { smoothing, isLog: wantsLog }: CurveOptions, theme: Theme): Drawing {
  const { epochs, metric } = view;
  const isLog = wantsLog && canBeLogarithmic(view);
  const { scale } = metricScale(metric);
  const measured = epochs.filter(isMeasured);
  const smooth = smoothed(measured, (point) => point.metric, smoothing);
  const smoothedOf = (point: MeasuredPoint): number => smooth?.(point) ?? point.metric;
  const line = lineOf(view);
  const metricLine = {
    ...line,
    borderColor: theme.metric,
    backgroundColor: theme.metric,
    ...DASHED,
    yAxisID: "metric",
  };
  const metricAxis = axis(theme, { title: metric, position: "right", hasGrid: false });
  return {
    data: {
      datasets: [
        {
          ...line,
          label: l10n.t("Sparsity"),
          data: pointsOf(epochs, (point) => point.sparsity * 100),
          borderColor: theme.sparsity,
          backgroundColor: theme.sparsity,
          yAxisID: "y",
        },
        ...linesOf(
          metricLine,
          metric,
          measured,
          (point) => point.metric * scale,
          smooth && ((point) => smooth(point) * scale),
        ),
      ],
    },
    options: {
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: {
        x: epochAxis(theme),
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
          annotations: [...labelledMarks(view, theme), ...dense(view, theme)],
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
                    ...(smooth === undefined ? [] : [l10n.t("Smoothed {0}", asMetric(metric, smoothedOf(point)))]),
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
        ...(smooth === undefined ? [] : [l10n.t("Smoothed")]),
      ],
      rows: epochs.map((point) => [
        { value: point.epoch, text: String(point.epoch) },
        point.phase,
        { value: point.sparsity, text: asPercent(point.sparsity, 2) },
        metricCell(metric, point.metric),
        { value: point.loss, text: asFigure(point.loss) },
        ...(smooth === undefined ? [] : [metricCell(metric, isMeasured(point) ? smoothedOf(point) : null)]),
      ]),
    },
    description: describeCurves(view),
  };
}

/** Of what a model writes the metric may not be taken in each epoch. */
type MeasuredPoint = EpochPoint & { readonly metric: number };

const isMeasured = (point: EpochPoint): point is MeasuredPoint => point.metric !== null;

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
