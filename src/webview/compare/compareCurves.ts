/** The courses of the runs over epochs, steps or training time. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions } from "../../protocol/comparePanel.ts";
import { downsample } from "../../protocol/downsample.ts";
import { asCount, asDuration, asFigure, asMetric, asPercent } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, LOG_AXIS, plainFigure, withPercent } from "../charts/chartSetup.ts";
import { asMeasured } from "../charts/measuredLine.ts";
import { timeStep } from "./axisRange.ts";
import { type CompareView, isAggregated, slotOf } from "./compareView.ts";
import { type CurveLine, curveRange, isLogarithmic, isSmoothed, type LinePoint } from "./curveLines.ts";
import { groundOf, pointStyleOf, styleOf } from "./seriesStyle.ts";

/** More points a line than this no screen shows. */
const MOST_POINTS = 800;
/** Marks on a line, to tell it from others without its colour. */
const MARKS = 7;

/** @param lines of the view, see `curveLines` */
export function drawCompareCurves(view: CompareView, lines: readonly CurveLine[], theme: Theme): Drawing {
  const { options, comparison } = view;
  const ground = groundOf(document.body);
  const asText = figureText(options, comparison.metric);
  const scale = asText(1).endsWith("%") ? 100 : 1;
  const longest = Math.max(1, ...lines.map(({ points }) => points.at(-1)?.x ?? 0));
  const x = axis(theme, { title: axisTitle(options.axis), position: "bottom", hasGrid: false });
  const y = axis(theme, { title: figureTitle(options, comparison.metric) });
  const isLog = isLogarithmic(view, lines);
  return {
    data: {
      datasets: lines.flatMap(({ run, points }, index) => {
        const { color, shape } = styleOf(slotOf(view, run.id), ground);
        const dataOf = (figure: (point: LinePoint) => number) =>
          thin(points, figure).map((point) => ({ x: point.x, y: figure(point) * scale, point, label: run.label }));
        const data = dataOf((point) => point.smoothed ?? point.y);
        const line = { borderColor: color, backgroundColor: color, borderWidth: isAggregated(view) ? 1.25 : 2 };
        return [
          {
            ...line,
            label: run.label,
            data,
            ...pointStyleOf(shape),
            pointRadius: data.map((_, at) => (isMarked(at, data.length, index) ? 4 : 0)),
            pointHitRadius: 8,
            tension: 0,
          },
          ...(isSmoothed(view) ? [{ ...asMeasured(line), data: dataOf((point) => point.y) }] : []),
        ];
      }),
    },
    options: {
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      scales: {
        x: {
          ...x,
          type: "linear",
          bounds: "data",
          min: 0,
          ticks: {
            ...x.ticks,
            ...(options.axis === "seconds" ? { stepSize: timeStep(longest) } : { precision: 0 }),
            callback: (value) => axisText(options.axis, Number(value)),
          },
        },
        y: {
          ...y,
          ...(isLog ? LOG_AXIS : { type: "linear" as const }),
          ...curveRange(view, lines, scale),
          ticks: { ...y.ticks, includeBounds: false, callback: scale === 100 ? withPercent : plainFigure },
        },
      },
      plugins: {
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => hoveredOf(item)?.label ?? "",
            label: (item: Hovered) => {
              const hovered = hoveredOf(item);
              return hovered === undefined
                ? ""
                : [
                    `${figureTitle(options, comparison.metric)} ${asText(hovered.point.y)}`,
                    ...smoothedTexts(hovered.point, asText),
                    `${axisTitle(options.axis)} ${axisText(options.axis, hovered.point.x)}`,
                  ];
            },
          },
        },
      },
    },
    sheet: {
      columns: [
        l10n.t("Run"),
        axisTitle(options.axis),
        figureTitle(options, comparison.metric),
        ...(isSmoothed(view) ? [l10n.t("Smoothed")] : []),
      ],
      rows: lines.flatMap(({ run, points }) =>
        points.map(({ x: at, y: value, smoothed }) => [
          run.label,
          { value: at, text: axisText(options.axis, at) },
          { value, text: asText(value) },
          ...(smoothed === undefined ? [] : [{ value: smoothed, text: asText(smoothed) }]),
        ]),
      ),
    },
    axes: `${options.curve} ${options.axis} ${isLog}`,
    description: l10n.t(
      "{0} by {1}, at the end: {2}.",
      figureTitle(options, comparison.metric),
      axisTitle(options.axis),
      lines
        .flatMap(({ run, points }) => {
          const last = points.at(-1);
          return last === undefined ? [] : [`${run.label} ${asText(last.y)}`];
        })
        .join("; "),
    ),
  };
}

function thin(points: readonly LinePoint[], figure: (point: LinePoint) => number): readonly LinePoint[] {
  return downsample(points, MOST_POINTS, (point) => point.x, figure).flatMap((index) => points[index] ?? []);
}

function smoothedTexts({ smoothed }: LinePoint, asText: (value: number) => string): readonly string[] {
  return smoothed === undefined ? [] : [l10n.t("Smoothed {0}", asText(smoothed))];
}

/** Spread over the line, and not at the same places on each. */
function isMarked(at: number, count: number, line: number): boolean {
  const distance = Math.max(1, Math.floor(count / MARKS));
  return at === count - 1 || at % distance === (line * Math.ceil(distance / 3)) % distance;
}

export function figureTitle({ curve }: Pick<CompareOptions, "curve">, metric: string): string {
  switch (curve) {
    case "metric":
      return l10n.t("Validation {0}", metric);
    case "sparsity":
      return l10n.t("Sparsity");
    case "validationLoss":
      return l10n.t("Validation loss");
    case "loss":
      return l10n.t("Training loss");
  }
}

export function axisTitle(name: CompareOptions["axis"]): string {
  switch (name) {
    case "epoch":
      return l10n.t("Epoch");
    case "step":
      return l10n.t("Step");
    case "seconds":
      return l10n.t("Training time");
  }
}

function figureText({ curve }: CompareOptions, metric: string): (value: number) => string {
  switch (curve) {
    case "metric":
      return (value) => asMetric(metric, value);
    case "sparsity":
      return (value) => asPercent(value, 2);
    default:
      return asFigure;
  }
}

function axisText(name: CompareOptions["axis"], value: number): string {
  return name === "seconds" && value > 0 ? asDuration(value) : asCount(value);
}

interface HoveredPoint {
  readonly point: LinePoint;
  readonly label: string;
}

function hoveredOf(item: Hovered | undefined): HoveredPoint | undefined {
  return item?.raw as HoveredPoint | undefined;
}
