/** The lines of the chart of curves, and what their axis can show. No browser in here. */
import type { ComparedRun } from "../../protocol/comparison.ts";
import { metricScale } from "../../protocol/figures.ts";
import { smooth } from "../charts/smoothing.ts";
import { type AxisRange, roomAround, roomAroundRatios } from "./axisRange.ts";
import { type CompareView, lineOf, measuredRuns, visibleRuns, type XY } from "./compareView.ts";

export interface LinePoint extends XY {
  /** Only where curves are smoothed. */
  readonly smoothed?: number;
}

export interface CurveLine {
  readonly run: ComparedRun;
  readonly points: readonly LinePoint[];
}

export function curveLines(view: CompareView): readonly CurveLine[] {
  const { options, curves } = view;
  // Runs that measure something else have no place on an axis of this metric.
  const runs = options.curve === "metric" ? measuredRuns(view) : visibleRuns(view);
  return runs.map((run) => {
    const curve = curves.get(run.id);
    const points = curve === undefined ? [] : lineOf(curve, options);
    if (!isSmoothed(view)) {
      return { run, points };
    }
    const smoothed = smooth(
      points.map(({ y }) => y),
      options.smoothing,
    );
    return { run, points: points.map((point, index) => ({ ...point, smoothed: smoothed[index] ?? point.y })) };
  });
}

/** Sparsity goes in steps; a mean of them would be of no moment. */
export function isSmoothed({ options }: CompareView): boolean {
  return options.smoothing > 0 && options.curve !== "sparsity";
}

/** Why there can be no logarithmic axis. */
export function logHindrance({ options }: CompareView, lines: readonly CurveLine[]): "none" | "sparsity" | "values" {
  if (options.curve === "sparsity") {
    return "sparsity";
  }
  return lines.every(({ points }) => points.every(({ y }) => y > 0)) ? "none" : "values";
}

export function isLogarithmic(view: CompareView, lines: readonly CurveLine[]): boolean {
  return view.options.logCurve && logHindrance(view, lines) === "none";
}

/** Of the figures after this part of a course a linear axis has room; what begins far away would flatten all the rest. */
const BEGINNING = 0.1;

const LOSS = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

/** @param scale values are multiplied by it on the axis; 100 for parts of a whole */
export function curveRange(view: CompareView, lines: readonly CurveLine[], scale: 1 | 100): AxisRange {
  if (view.options.curve === "sparsity") {
    return { min: 0, max: 100 };
  }
  const { least, most } = view.options.curve === "metric" ? metricScale(view.comparison.metric) : LOSS;
  if (isLogarithmic(view, lines)) {
    const { max, ...range } = roomAroundRatios(lines.flatMap(({ points }) => points.map(({ y }) => y * scale)));
    return { ...range, ...(max === undefined ? {} : { max: Math.min(max, most) }) };
  }
  const settled = lines.flatMap(({ points }) => points.slice(Math.floor(points.length * BEGINNING)));
  const values = settled.map(({ y }) => y * scale);
  return roomAround(values, least, most);
}

/** Whether some figures of the beginning lie outside of the axis, which has to be said. */
export function hasHiddenBeginning(view: CompareView, lines: readonly CurveLine[]): boolean {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = curveRange(view, lines, 1);
  return view.options.curve !== "sparsity" && lines.some(({ points }) => points.some(({ y }) => y < min || y > max));
}
