/** What the comparison panel shows, out of the comparison and the user's choices. No browser in here. */

import type { CompareOptions } from "../../protocol/comparePanel.ts";
import type {
  ComparedRun,
  Comparison,
  CurvePoint,
  RunCurve,
  SeedGroup,
  Split,
  Spread,
} from "../../protocol/comparison.ts";

export interface CompareView {
  readonly comparison: Comparison;
  /** By run id. */
  readonly curves: ReadonlyMap<string, RunCurve>;
  /** Position in the palette by run id. */
  readonly slots: ReadonlyMap<string, number>;
  readonly options: CompareOptions;
}

/** One point of the scatter chart: a run, or runs that differ only by seed. */
export interface PlotPoint {
  readonly key: string;
  readonly label: string;
  readonly slot: number;
  /** 0..1 */
  readonly sparsity: Spread;
  readonly metric: Spread;
  /** Of a result; points on the way are drawn hollow. */
  readonly isFinal: boolean;
  readonly isOnFront: boolean;
}

export function hasSeedGroups({ comparison }: CompareView): boolean {
  return comparison.groups.some((group) => group.runs.length > 1);
}

export function isAggregated(view: CompareView): boolean {
  return view.options.aggregate && hasSeedGroups(view);
}

export function visibleRuns({ comparison, options }: CompareView): readonly ComparedRun[] {
  const hidden = new Set(options.hidden);
  return comparison.runs.filter((run) => !hidden.has(run.id));
}

/** Runs that are shown together have the place of the first of them. */
export function slotOf(view: CompareView, id: string): number {
  const group = isAggregated(view) ? view.comparison.groups.find(({ runs }) => runs.includes(id)) : undefined;
  return view.slots.get(group?.runs[0] ?? id) ?? 0;
}

/** Runs that measure something else than the first one are not comparable, so they have no point. */
export function collectPoints(view: CompareView): readonly PlotPoint[] {
  return collectTogether(
    view,
    measuredRuns(view),
    (run) => pointOfRun(view, run),
    (group) => pointOfGroup(view, group),
  );
}

/** The visible runs that measure what the first one does. */
export function measuredRuns(view: CompareView): readonly ComparedRun[] {
  return visibleRuns(view).filter((run) => run.metric === view.comparison.metric);
}

/**
 * One item for each of the runs, or one for all of a group where seeds stand together.
 * @param ofGroup undefined where the group has to be taken apart
 */
export function collectTogether<T>(
  view: CompareView,
  runs: readonly ComparedRun[],
  ofRun: (run: ComparedRun) => T | undefined,
  ofGroup: (group: SeedGroup) => T | undefined,
): readonly T[] {
  if (!isAggregated(view)) {
    return runs.flatMap((run) => ofRun(run) ?? []);
  }
  const shown = new Set(runs.map((run) => run.id));
  return view.comparison.groups.flatMap((group) => {
    const members = runs.filter((run) => group.runs.includes(run.id));
    // With a member out of sight the mean would not be that of what is seen.
    const together = group.runs.length > 1 && group.runs.every((id) => shown.has(id)) ? ofGroup(group) : undefined;
    return together === undefined ? members.flatMap((run) => ofRun(run) ?? []) : [together];
  });
}

function pointOfRun(view: CompareView, run: ComparedRun): PlotPoint | undefined {
  const { split } = view.options;
  const score = run[split];
  return (
    score && {
      key: run.id,
      label: run.label,
      slot: slotOf(view, run.id),
      sparsity: { mean: run.sparsity, n: 1 },
      metric: { mean: score.metric, n: 1 },
      isFinal: run.isResult,
      isOnFront: frontKeys(view, split).includes(run.id),
    }
  );
}

function pointOfGroup(view: CompareView, group: SeedGroup): PlotPoint | undefined {
  const { split } = view.options;
  const { sparsity, [split]: metric } = group;
  const [key = ""] = group.runs;
  return sparsity === undefined || metric === undefined
    ? undefined
    : {
        key,
        label: group.label,
        slot: slotOf(view, key),
        sparsity,
        metric,
        isFinal: true,
        isOnFront: frontKeys(view, split).includes(key),
      };
}

function frontKeys(view: CompareView, split: Split): readonly string[] {
  return view.comparison.fronts[isAggregated(view) ? "groups" : "runs"][split];
}

/** The dense references of the visible runs: mean and deviation. */
export function denseReference(view: CompareView): Spread | undefined {
  const key = view.options.split === "test" ? "referenceTest" : "reference";
  const values = measuredRuns(view).flatMap((run) => run[key]?.metric ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.length === 0 ? undefined : { mean, n: values.length };
}

export interface XY {
  readonly x: number;
  readonly y: number;
}

/** How the run got to its sparsity: the state before each pruning, and the last one. Validation split. */
export function pathOf(curve: RunCurve): readonly XY[] {
  return curve.points
    .filter((point, index) => point.prunedTo !== undefined || index === curve.points.length - 1)
    .flatMap(({ sparsity, validation: { metric } }) => (metric === null ? [] : [{ x: sparsity, y: metric }]));
}

/** The chosen figure over the chosen axis. A pruning shows as a step in sparsity. */
export function lineOf(curve: RunCurve, { curve: figure, axis }: CompareOptions): readonly XY[] {
  return curve.points.flatMap((point) => figuresOf(point, figure).map((y) => ({ x: point[axis], y })));
}

function figuresOf(point: CurvePoint, figure: CompareOptions["curve"]): readonly number[] {
  switch (figure) {
    case "metric":
      return point.validation.metric === null ? [] : [point.validation.metric];
    case "validationLoss":
      return [point.validation.loss];
    case "loss":
      return [point.loss];
    case "sparsity":
      return point.prunedTo === undefined ? [point.sparsity] : [point.sparsity, point.prunedTo];
  }
}
