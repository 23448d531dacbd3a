/** Results against a setting that is not the same in all runs. No browser in here. */
import type { ComparedRun, Comparison, Difference, SeedGroup, Spread } from "../../protocol/comparison.ts";
import { type CompareView, collectTogether, measuredRuns, slotOf, visibleRuns } from "./compareView.ts";
import type { Outcome } from "./quantities.ts";

export interface SettingPoint {
  readonly key: string;
  readonly label: string;
  readonly slot: number;
  /** A number, or the name of a category. */
  readonly x: number | string;
  readonly y: Spread;
  /** Of a result; points on the way are drawn hollow. */
  readonly isFinal: boolean;
}

/** Of model and data as they were found. What users set comes before that. */
const FOUND = /^(model|dataset)\./;

export function inOrder(settings: readonly Difference[]): readonly Difference[] {
  return settings.toSorted((a, b) => Number(FOUND.test(a.key)) - Number(FOUND.test(b.key)));
}

/** The one that the user has chosen; else the first number other than the seed, else the first of all. */
export function chosenSetting(comparison: Comparison, key: string): Difference | undefined {
  const settings = inOrder(comparison.settings);
  return (
    settings.find((one) => one.key === key) ??
    settings.find((one) => one.numbers !== undefined && one.key !== "seed") ??
    settings[0]
  );
}

/** A logarithmic axis has no place for 0 and what is below it. */
export function canBeLogarithmic({ numbers }: Difference): boolean {
  return numbers?.every((value) => value === undefined || value > 0) ?? false;
}

/** In the order in which they first occur; undefined of numbers. */
export function categoriesOf({ numbers, values }: Difference): readonly string[] | undefined {
  return numbers === undefined ? [...new Set(values.flatMap((value) => value ?? []))] : undefined;
}

/** Runs that lack the setting or the figure have no point. Seeds stand together where they have the same value. */
export function settingPoints(view: CompareView, setting: Difference): readonly SettingPoint[] {
  const { outcome } = view.options;
  const { runs: all } = view.comparison;
  const valueIn = (id: string): number | string | undefined =>
    (setting.numbers ?? setting.values)[all.findIndex((run) => run.id === id)];
  const ofRun = (run: ComparedRun): SettingPoint | undefined => {
    const x = valueIn(run.id);
    const y = figureOf(run, outcome);
    const { id: key, label, isResult: isFinal } = run;
    return x === undefined || y === undefined
      ? undefined
      : { key, label, slot: slotOf(view, key), x, y: { mean: y, n: 1 }, isFinal };
  };
  const ofGroup = ({ runs, label, [outcome]: y }: SeedGroup): SettingPoint | undefined => {
    const [key = ""] = runs;
    const x = valueIn(key);
    return x === undefined || y === undefined || runs.some((id) => valueIn(id) !== x)
      ? undefined
      : { key, label, slot: slotOf(view, key), x, y, isFinal: true };
  };
  return collectTogether(view, drawnRuns(view), ofRun, ofGroup);
}

/** Labels of the runs in sight that have no such setting. */
export function runsWithout(view: CompareView, { values }: Difference): readonly string[] {
  const drawn = new Set(drawnRuns(view));
  return view.comparison.runs.flatMap((run, index) =>
    drawn.has(run) && values[index] === undefined ? [run.label] : [],
  );
}

function drawnRuns(view: CompareView): readonly ComparedRun[] {
  const { outcome } = view.options;
  return outcome === "validation" || outcome === "test" ? measuredRuns(view) : visibleRuns(view);
}

export function figureOf(run: ComparedRun, outcome: Outcome): number | undefined {
  switch (outcome) {
    case "validation":
    case "test":
      return run[outcome]?.metric;
    case "sparsity":
      return run.sparsity;
    case "params":
      return run.params?.remaining;
  }
}
