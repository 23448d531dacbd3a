/** Axes of the chart of parallel coordinates: settings that differ, and what came of them. No browser in here. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions } from "../../protocol/comparePanel.ts";
import type { ComparedRun, Difference } from "../../protocol/comparison.ts";
import { asFigure } from "../../protocol/figures.ts";
import { type CompareView, visibleRuns } from "./compareView.ts";
import { outcomeQuantity, type Quantity } from "./quantities.ts";
import { canBeLogarithmic, categoriesOf, inOrder } from "./settingPoints.ts";

export interface ParallelAxis {
  /** Of settings their own. */
  readonly key: string;
  readonly title: string;
  /** In the order of the visible runs; of categories their place in the list. */
  readonly values: readonly (number | undefined)[];
  readonly min: number;
  readonly max: number;
  readonly isLog: boolean;
  readonly categories?: readonly string[];
  /** 100 where values are written in percent. */
  readonly scale: 1 | 100;
  text(value: number): string;
}

export type AxisRanges = CompareOptions["ranges"];

/** More settings than this nobody follows with the eye. */
export const MOST_SETTINGS = 8;
/** From this ratio on, settings above 0 are spread by their logarithm, as sweeps choose them. */
const WIDE = 50;

export function parallelAxes(view: CompareView): readonly ParallelAxis[] {
  const { runs: all, settings, metric } = view.comparison;
  const runs = visibleRuns(view);
  const places = runs.map((run) => all.indexOf(run));
  const loss: Quantity = { ...outcomeQuantity("params", metric), title: l10n.t("Validation loss"), text: asFigure };
  const measured = (value: (run: ComparedRun) => number | undefined) =>
    runs.map((run) => (run.metric === metric ? value(run) : undefined));
  return [
    ...inOrder(settings)
      .slice(0, MOST_SETTINGS)
      .map((setting) => settingAxis(setting, places)),
    resultAxis(
      "result.sparsity",
      outcomeQuantity("sparsity", metric),
      runs.map((run) => run.sparsity),
    ),
    resultAxis(
      "result.loss",
      loss,
      measured((run) => run.validation?.loss),
    ),
    resultAxis(
      "result.metric",
      outcomeQuantity("validation", metric),
      measured((run) => run.validation?.metric),
    ),
  ];
}

function settingAxis(setting: Difference, places: readonly number[]): ParallelAxis {
  const { key } = setting;
  const categories = categoriesOf(setting);
  const values = places.map((place) => {
    const name = setting.values[place];
    return categories === undefined || name === undefined ? setting.numbers?.[place] : categories.indexOf(name);
  });
  const ends = endsOf(values);
  const isLog = canBeLogarithmic(setting) && ends.max / ends.min >= WIDE;
  const text = (value: number): string => categories?.[Math.round(value)] ?? String(value);
  return {
    ...{ key, title: key, values, isLog, scale: 1, text },
    ...(categories === undefined ? ends : { min: 0, max: categories.length - 1, categories }),
  };
}

function resultAxis(key: string, { title, scale, text }: Quantity, values: ParallelAxis["values"]): ParallelAxis {
  return { key, title, values, ...endsOf(values), isLog: false, scale, text };
}

function endsOf(values: ParallelAxis["values"]): { readonly min: number; readonly max: number } {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0
    ? { min: 0, max: 0 }
    : { min: known.reduce((a, b) => Math.min(a, b)), max: known.reduce((a, b) => Math.max(a, b)) };
}

/** @returns 0 at the axis's lower end, 1 at its upper one; the middle where both are the same */
export function placeOf({ min, max, isLog }: ParallelAxis, value: number): number {
  if (min === max) {
    return 0.5;
  }
  return isLog ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
}

/** The inverse of `placeOf`. */
export function valueAt({ min, max, isLog }: ParallelAxis, place: number): number {
  return isLog ? min * (max / min) ** place : min + place * (max - min);
}

/** @param run place among the visible runs @returns whether it lies in every range that is set */
export function isInRanges(axes: readonly ParallelAxis[], ranges: AxisRanges, run: number): boolean {
  return axes.every(({ key, values }) => {
    const [range, value] = [ranges[key], values[run]];
    return range === undefined || (value !== undefined && value >= range.min && value <= range.max);
  });
}

/** The part of an axis between two places, whichever is the lower one; names are taken as a whole. */
export function rangeBetween(axis: ParallelAxis, a: number, b: number): { readonly min: number; readonly max: number } {
  const within = (place: number): number => Math.min(1, Math.max(0, place));
  return { min: valueAt(axis, within(Math.min(a, b))), max: valueAt(axis, within(Math.max(a, b))) };
}
