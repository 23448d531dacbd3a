/** Sparsity against the metric: a point per run or per group of seeds, deviations, the Pareto front, the dense reference. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { asMetric, asPercent, asSpread } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, withPercent } from "../charts/chartSetup.ts";
import { roomAround } from "./axisRange.ts";
import {
  type CompareView,
  collectPoints,
  denseReference,
  measuredRuns,
  type PlotPoint,
  pathOf,
  slotOf,
  type XY,
} from "./compareView.ts";
import { outcomeQuantity } from "./quantities.ts";
import { deviationCell, resultMark, whisker } from "./resultMarks.ts";
import { groundOf, styleOf } from "./seriesStyle.ts";

export function drawScatter(view: CompareView, theme: Theme): Drawing {
  const { metric, better } = view.comparison;
  const { split } = view.options;
  const points = collectPoints(view);
  const dense = denseReference(view);
  const { title: axisTitle, scale, least, most } = outcomeQuantity(split, metric);
  const ground = groundOf(document.body);
  const front = points.filter((point) => point.isOnFront).toSorted((a, b) => a.sparsity.mean - b.sparsity.mean);
  const text = (point: PlotPoint): readonly [string, string] => [
    asSpread(point.sparsity, (value) => asPercent(value, 2)),
    asSpread(point.metric, (value) => asMetric(metric, value)),
  ];
  const paths = view.options.paths && split === "validation" ? pathLines(view, scale, ground) : [];
  const drawn = [...points.flatMap((point) => extent(point, scale)), ...paths.flatMap((path) => path.data)];
  const x = axis(theme, { title: l10n.t("Sparsity"), position: "bottom" });
  const y = axis(theme, { title: axisTitle });
  return {
    data: {
      datasets: [
        ...points.map((point) => {
          return {
            label: point.label,
            data: [{ x: point.sparsity.mean * 100, y: point.metric.mean * scale, point }],
            ...resultMark(styleOf(point.slot, ground), point.isFinal, theme),
          };
        }),
        {
          type: "line" as const,
          label: l10n.t("Pareto front"),
          data: front.map((point) => ({ x: point.sparsity.mean * 100, y: point.metric.mean * scale })),
          borderColor: theme.faint,
          backgroundColor: "transparent",
          borderWidth: 1.5,
          borderDash: [4, 3],
          // What is reached at least at each sparsity.
          stepped: "after" as const,
          pointRadius: 0,
          pointHitRadius: 0,
          pointStyle: "line" as const,
        },
        ...paths,
      ],
    },
    options: {
      interaction: { mode: "nearest", intersect: true },
      scales: {
        x: {
          ...x,
          ...roomAround(
            drawn.map((point) => point.x),
            0,
            100,
          ),
          type: "linear",
          ticks: { ...x.ticks, includeBounds: false, callback: withPercent },
        },
        y: {
          ...y,
          ...roomAround(
            [...drawn.map((point) => point.y), ...(dense === undefined ? [] : [dense.mean * scale])],
            least,
            most,
          ),
          ticks: { ...y.ticks, includeBounds: false, ...(scale === 100 ? { callback: withPercent } : {}) },
        },
      },
      plugins: {
        annotation: {
          annotations: [
            ...points.flatMap((point) => whiskers(point, scale, styleOf(point.slot, ground).color)),
            ...(dense === undefined ? [] : [denseLine(dense.mean * scale, theme)]),
          ],
        },
        tooltip: {
          filter: ({ raw }: Hovered) => pointOf(raw) !== undefined,
          callbacks: {
            title: ([item]: Hovered[]) => pointOf(item?.raw)?.label ?? "",
            label: ({ raw }: Hovered) => {
              const point = pointOf(raw);
              if (point === undefined) {
                return "";
              }
              const [sparsity, value] = text(point);
              return [l10n.t("Sparsity {0}", sparsity), `${axisTitle} ${value}`, ...remarks(point)];
            },
          },
        },
      },
    },
    sheet: {
      columns: [
        l10n.t("Run"),
        l10n.t("Sparsity"),
        l10n.t("Deviation of sparsity"),
        axisTitle,
        l10n.t("Deviation"),
        l10n.t("Seeds"),
        l10n.t("Pareto front"),
      ],
      rows: points.map((point) => [
        point.label,
        { value: point.sparsity.mean, text: asPercent(point.sparsity.mean, 2) },
        deviationCell(point.sparsity.sd, (value) => asPercent(value, 2)),
        { value: point.metric.mean, text: asMetric(metric, point.metric.mean) },
        deviationCell(point.metric.sd, (value) => asMetric(metric, value)),
        { value: point.metric.n, text: String(point.metric.n) },
        point.isOnFront ? l10n.t("yes") : l10n.t("no"),
      ]),
    },
    axes: axisTitle,
    description: describe(front, points, { axisTitle, better }, text),
  };
}

function pathLines(view: CompareView, scale: number, ground: "light" | "dark") {
  return measuredRuns(view).map((run) => {
    const { color } = styleOf(slotOf(view, run.id), ground);
    const curve = view.curves.get(run.id);
    return {
      type: "line" as const,
      label: l10n.t("{0}, on the way", run.label),
      data: (curve === undefined ? [] : pathOf(curve)).map((point) => ({ x: point.x * 100, y: point.y * scale })),
      borderColor: color,
      backgroundColor: color,
      borderWidth: 1,
      pointRadius: 1.5,
      pointHitRadius: 0,
      pointStyle: "line" as const,
    };
  });
}

/** Corners of the box that the deviations span. */
function extent({ sparsity, metric }: PlotPoint, scale: number): readonly XY[] {
  return [-1, 1].map((sign) => ({
    x: (sparsity.mean + sign * (sparsity.sd ?? 0)) * 100,
    y: (metric.mean + sign * (metric.sd ?? 0)) * scale,
  }));
}

/** Mean ± one standard deviation, in both directions. */
function whiskers({ sparsity, metric }: PlotPoint, scale: number, color: string): AnnotationOptions[] {
  const [x, y] = [sparsity.mean * 100, metric.mean * scale];
  return [
    ...whisker({ x, y }, "x", (sparsity.sd ?? 0) * 100, color),
    ...whisker({ x, y }, "y", (metric.sd ?? 0) * scale, color),
  ];
}

function denseLine(value: number, theme: Theme): AnnotationOptions {
  return {
    type: "line",
    yMin: value,
    yMax: value,
    borderColor: theme.faint,
    borderWidth: 1,
    borderDash: [1, 4],
    drawTime: "beforeDatasetsDraw",
    label: {
      display: true,
      content: l10n.t("dense"),
      position: "start",
      yAdjust: -8,
      backgroundColor: "transparent",
      color: theme.faint,
      font: { size: 11, weight: "normal" },
      padding: 2,
    },
  };
}

function remarks(point: PlotPoint): readonly string[] {
  return [
    ...(point.metric.n > 1 ? [l10n.t("Mean ± deviation of {0} seeds", point.metric.n)] : []),
    ...(point.isFinal ? [] : [l10n.t("Newest epoch; no result yet")]),
    ...(point.isOnFront ? [l10n.t("On the Pareto front")] : []),
  ];
}

function pointOf(raw: unknown): PlotPoint | undefined {
  return (raw as { readonly point?: PlotPoint } | undefined)?.point;
}

function describe(
  front: readonly PlotPoint[],
  points: readonly PlotPoint[],
  { axisTitle, better }: { readonly axisTitle: string; readonly better: "higher" | "lower" },
  text: (point: PlotPoint) => readonly [string, string],
): string {
  if (points.length === 0) {
    return l10n.t("No run has these figures yet.");
  }
  const direction = better === "higher" ? l10n.t("higher is better") : l10n.t("lower is better");
  const onFront = front.map((point) => {
    const [sparsity, metric] = text(point);
    return `${point.label}: ${sparsity}, ${metric}`;
  });
  return l10n.t(
    "{0} against sparsity ({1}), {2} points. On the Pareto front: {3}.",
    axisTitle,
    direction,
    points.length,
    onFront.join("; ") || l10n.t("none"),
  );
}
