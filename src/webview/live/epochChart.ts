/** What charts over epochs have in common: points, the axis, marks of prunings. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { downsample } from "../../protocol/downsample.ts";
import { asPercent } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import { axis, type Hovered } from "../charts/chartSetup.ts";
import { asMeasured } from "../charts/measuredLine.ts";
import { smooth } from "../charts/smoothing.ts";
import { spacedLabels } from "../charts/spacedLabels.ts";
import type { EpochPoint, Pruning, RunView } from "./runView.ts";

/** More points than this no screen shows. */
const MOST_POINTS = 800;
/** Up to here each point has a dot. */
const MOST_DOTS = 60;
/** A pruning says how sparse the network was after it, where its label has this part of the axis for itself. */
const LABEL_WIDTH = 0.08;

export interface CurveOptions {
  /** Of what is measured on the validation split, and of losses: 0..0.99. */
  readonly smoothing: number;
  /** On a logarithmic axis, where that can be. */
  readonly isLog: boolean;
}

export function pointsOf<T extends EpochPoint>(all: readonly T[], value: (point: T) => number) {
  return downsample(all, MOST_POINTS, (point) => point.epoch, value).flatMap((index) => {
    const point = all[index];
    return point === undefined ? [] : [{ x: point.epoch, y: value(point), point }];
  });
}

/** @returns undefined where nothing is to be smoothed */
export function smoothed<T extends EpochPoint>(
  all: readonly T[],
  value: (point: T) => number,
  strength: number,
): ((point: T) => number) | undefined {
  if (strength === 0) {
    return undefined;
  }
  const values = smooth(all.map(value), strength);
  const known = new Map(all.map((point, index) => [point, values[index]]));
  return (point) => known.get(point) ?? value(point);
}

/** The curve, smoothed where that is wanted, with what was measured faintly behind it. @param smooth see `smoothed` */
export function linesOf<T extends EpochPoint, Style extends { readonly borderColor: string }>(
  style: Style,
  label: string,
  all: readonly T[],
  value: (point: T) => number,
  smooth: ((point: T) => number) | undefined,
) {
  return [
    { ...style, label, data: pointsOf(all, smooth ?? value) },
    ...(smooth === undefined ? [] : [{ ...asMeasured(style), data: pointsOf(all, value) }]),
  ];
}

export const lineOf = ({ epochs }: RunView) => ({
  borderWidth: 2,
  pointRadius: epochs.length <= MOST_DOTS ? 2 : 0,
  pointHitRadius: 8,
  tension: 0,
});

/** Told apart by more than colour. */
export const DASHED = { borderDash: [6, 3], pointStyle: "rectRot" as const };

export function epochAxis(theme: Theme) {
  const common = axis(theme, { title: l10n.t("Epoch"), position: "bottom", hasGrid: false });
  return { ...common, type: "linear" as const, min: 0, ticks: { ...common.ticks, precision: 0 } };
}

/** Lines where weights were removed. */
export const pruningMarks = ({ prunings }: RunView, theme: Theme): AnnotationOptions[] =>
  prunings.map((pruning) => mark(pruning, false, theme));

/** Likewise, with the sparsity after each. */
export function labelledMarks({ prunings, epochs }: RunView, theme: Theme): AnnotationOptions[] {
  const labelled = spacedLabels(
    prunings.map(({ epoch }) => epoch),
    LABEL_WIDTH * (epochs.at(-1)?.epoch ?? 0),
  );
  return prunings.map((pruning, at) => mark(pruning, labelled.has(at), theme));
}

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

export function pointOf(item: Hovered | undefined): EpochPoint | undefined {
  return (item?.raw as { readonly point: EpochPoint } | undefined)?.point;
}

export function describePoint(point: EpochPoint | undefined): string {
  if (point === undefined) {
    return "";
  }
  return point.isPruned ? l10n.t("After the pruning at epoch {0}", point.epoch) : l10n.t("Epoch {0}", point.epoch);
}
