/** The courses of the runs over epochs, steps or training time. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions } from "../../protocol/comparePanel.ts";
import { downsample } from "../../protocol/downsample.ts";
import { asCount, asDuration, asFigure, asMetric, asPercent } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, withPercent } from "../charts/chartSetup.ts";
import { roomAround, timeStep } from "./axisRange.ts";
import { type CompareView, isAggregated, lineOf, slotOf, visibleRuns, type XY } from "./compareView.ts";
import { groundOf, pointStyleOf, styleOf } from "./seriesStyle.ts";

/** More points a line than this no screen shows. */
const MOST_POINTS = 800;
/** Marks on a line, to tell it from others without its colour. */
const MARKS = 7;

export function drawCompareCurves(view: CompareView, theme: Theme): Drawing {
  const { options, comparison } = view;
  const ground = groundOf(document.body);
  const asText = figureText(options, comparison.metric);
  const scale = asText(1).endsWith("%") ? 100 : 1;
  // Runs that measure something else have no place on an axis of this metric.
  const runs = visibleRuns(view).filter((run) => options.curve !== "metric" || run.metric === comparison.metric);
  const lines = runs.map((run) => {
    const curve = view.curves.get(run.id);
    return { run, points: curve === undefined ? [] : lineOf(curve, options) };
  });
  const longest = Math.max(1, ...lines.map(({ points }) => points.at(-1)?.x ?? 0));
  const x = axis(theme, { title: axisTitle(options.axis), position: "bottom", hasGrid: false });
  const y = axis(theme, { title: figureTitle(options, comparison.metric) });
  return {
    data: {
      datasets: lines.map(({ run, points }, index) => {
        const { color, shape } = styleOf(slotOf(view, run.id), ground);
        const data = thin(points).map((point) => ({ x: point.x, y: point.y * scale, point, label: run.label }));
        return {
          label: run.label,
          data,
          ...pointStyleOf(shape),
          borderColor: color,
          backgroundColor: color,
          borderWidth: isAggregated(view) ? 1.25 : 2,
          pointRadius: data.map((_, at) => (isMarked(at, data.length, index) ? 4 : 0)),
          pointHitRadius: 8,
          tension: 0,
        };
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
          grace: options.curve === "sparsity" ? 0 : "6%",
          ...(options.curve === "sparsity" ? { min: 0, max: 100 } : settledRange(lines, scale)),
          ticks: { ...y.ticks, includeBounds: false, ...(scale === 100 ? { callback: withPercent } : {}) },
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
                    `${axisTitle(options.axis)} ${axisText(options.axis, hovered.point.x)}`,
                  ];
            },
          },
        },
      },
    },
    sheet: {
      columns: [l10n.t("Run"), axisTitle(options.axis), figureTitle(options, comparison.metric)],
      rows: lines.flatMap(({ run, points }) =>
        points.map(({ x: at, y: value }) => [
          run.label,
          { value: at, text: axisText(options.axis, at) },
          { value, text: asText(value) },
        ]),
      ),
    },
    axes: `${options.curve} ${options.axis}`,
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

function thin(points: readonly XY[]): readonly XY[] {
  return downsample(
    points,
    MOST_POINTS,
    (point) => point.x,
    (point) => point.y,
  ).flatMap((index) => points[index] ?? []);
}

/** Of the figures after this part of a course the axis has room; what begins far away would flatten all the rest. */
const BEGINNING = 0.1;

function settledRange(lines: readonly { readonly points: readonly XY[] }[], scale: number) {
  const settled = lines.flatMap(({ points }) => points.slice(Math.floor(points.length * BEGINNING)));
  const values = settled.map((point) => point.y * scale);
  return roomAround(values, Number.NEGATIVE_INFINITY, scale === 100 ? 100 : Number.POSITIVE_INFINITY);
}

/** Whether some figures of the beginning lie outside of the axis, which has to be said. */
export function hasHiddenBeginning(view: CompareView): boolean {
  const lines = visibleRuns(view).map((run) => {
    const curve = view.curves.get(run.id);
    return { points: curve === undefined ? [] : lineOf(curve, view.options) };
  });
  const { min, max = Number.POSITIVE_INFINITY } = settledRange(lines, 1);
  return (
    view.options.curve !== "sparsity" &&
    min !== undefined &&
    lines.some(({ points }) => points.some(({ y }) => y < min || y > max))
  );
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
  readonly point: XY;
  readonly label: string;
}

function hoveredOf(item: Hovered | undefined): HoveredPoint | undefined {
  return item?.raw as HoveredPoint | undefined;
}
