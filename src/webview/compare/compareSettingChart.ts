/** A result against a setting: a point per run or per group of seeds, with deviations. */
import * as l10n from "@vscode/l10n";
import type { Difference } from "../../protocol/comparison.ts";
import { asSpread } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, LOG_AXIS, plainFigure, withPercent } from "../charts/chartSetup.ts";
import { shortened } from "../charts/layerNames.ts";
import { roomAround, roomAroundRatios } from "./axisRange.ts";
import type { CompareView } from "./compareView.ts";
import { outcomeQuantity, type Quantity } from "./quantities.ts";
import { deviationCell, resultMark, whisker } from "./resultMarks.ts";
import { groundOf, styleOf } from "./seriesStyle.ts";
import { canBeLogarithmic, categoriesOf, runsWithout, type SettingPoint, settingPoints } from "./settingPoints.ts";

/** Characters below the axis; table and tooltip have the whole. */
const LONGEST_NAME = 24;

export function drawSettingChart(view: CompareView, setting: Difference, theme: Theme): Drawing {
  const quantity = outcomeQuantity(view.options.outcome, view.comparison.metric);
  const { scale } = quantity;
  const points = settingPoints(view, setting);
  const ground = groundOf(document.body);
  const categories = categoriesOf(setting);
  const place = ({ x }: SettingPoint): number => (typeof x === "number" ? x : (categories?.indexOf(x) ?? 0));
  const y = axis(theme, { title: quantity.title });
  const ends = points.flatMap(({ y: { mean, sd = 0 } }) => [(mean - sd) * scale, (mean + sd) * scale]);
  return {
    data: {
      ...(categories === undefined ? {} : { labels: [...categories] }),
      datasets: points.map((point) => ({
        label: point.label,
        data: [{ x: place(point), y: point.y.mean * scale, point }],
        // Categories are placed by number as well.
        parsing: false as const,
        ...resultMark(styleOf(point.slot, ground), point.isFinal, theme),
      })),
    },
    options: {
      interaction: { mode: "nearest", intersect: true },
      scales: {
        x: settingAxis(setting, points, view.options.logSetting, theme),
        y: {
          ...y,
          ...roomAround(ends, quantity.least, quantity.most),
          ticks: { ...y.ticks, includeBounds: false, ...(scale === 100 ? { callback: withPercent } : {}) },
        },
      },
      plugins: {
        annotation: {
          annotations: points.flatMap((point) =>
            whisker(
              { x: place(point), y: point.y.mean * scale },
              "y",
              (point.y.sd ?? 0) * scale,
              styleOf(point.slot, ground).color,
            ),
          ),
        },
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => pointOf(item)?.label ?? "",
            label: (item: Hovered) => {
              const point = pointOf(item);
              return point === undefined ? "" : hoverLines(point, setting.key, quantity);
            },
          },
        },
      },
    },
    sheet: {
      columns: [l10n.t("Run"), setting.key, quantity.title, l10n.t("Deviation"), l10n.t("Seeds")],
      rows: points.map(({ label, x, y: { mean, sd, n } }) => [
        label,
        typeof x === "number" ? { value: x, text: String(x) } : x,
        { value: mean, text: quantity.text(mean) },
        deviationCell(sd, quantity.text),
        { value: n, text: String(n) },
      ]),
    },
    note: noteOn(runsWithout(view, setting), setting.key),
    axes: JSON.stringify([view.options.outcome, setting.key, view.options.logSetting]),
    description: describe(points, setting.key, quantity),
  };
}

function settingAxis(setting: Difference, points: readonly SettingPoint[], wantsLog: boolean, theme: Theme) {
  const common = axis(theme, { title: setting.key, position: "bottom" });
  const numbers = points.flatMap(({ x }) => (typeof x === "number" ? [x] : []));
  if (setting.numbers === undefined) {
    const names = categoriesOf(setting);
    const callback = (value: number | string): string => shortened(names?.[Number(value)] ?? "", LONGEST_NAME);
    return { ...common, type: "category", offset: true, ticks: { ...common.ticks, callback } } as const;
  }
  if (wantsLog && canBeLogarithmic(setting)) {
    return { ...common, ...LOG_AXIS, ...roomAroundRatios(numbers), ticks: { ...common.ticks, callback: plainFigure } };
  }
  const range = roomAround(numbers, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const ticks = {
    ...common.ticks,
    includeBounds: false,
    callback: plainFigure,
  };
  return { ...common, type: "linear", ...range, ticks } as const;
}

function hoverLines({ x, y, isFinal }: SettingPoint, key: string, { title, text }: Quantity): string[] {
  return [
    `${key} ${x}`,
    `${title} ${asSpread(y, text)}`,
    ...(y.n > 1 ? [l10n.t("Mean ± deviation of {0} seeds", y.n)] : []),
    ...(isFinal ? [] : [l10n.t("Newest epoch; no result yet")]),
  ];
}

function pointOf(item: Hovered | undefined): SettingPoint | undefined {
  return (item?.raw as { readonly point?: SettingPoint } | undefined)?.point;
}

function noteOn(without: readonly string[], key: string): string {
  return without.length === 0 ? "" : l10n.t("Not drawn, since they have no {0}: {1}.", key, without.join(", "));
}

function describe(points: readonly SettingPoint[], key: string, { title, text }: Quantity): string {
  return points.length === 0
    ? l10n.t("No run has these figures yet.")
    : l10n.t(
        "{0} by {1}: {2}.",
        title,
        key,
        points.map(({ label, x, y }) => `${label}: ${x}, ${asSpread(y, text)}`).join("; "),
      );
}
