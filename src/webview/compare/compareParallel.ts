/** Parallel coordinates: an axis for each setting that differs and for each result, a line for each run. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { withOpacity } from "../base/rgb.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis as axisOptions, type Hovered, selection } from "../charts/chartSetup.ts";
import { shortened } from "../charts/layerNames.ts";
import { type CompareView, slotOf, visibleRuns } from "./compareView.ts";
import { type AxisRanges, isInRanges, MOST_SETTINGS, type ParallelAxis, placeOf } from "./parallelAxes.ts";
import { groundOf, pointStyleOf, styleOf } from "./seriesStyle.ts";

/** Room above and below the axes, as part of them. */
const MARGIN = 0.08;
/** Half the width of a range on its axis, as part of the distance between two axes. */
const HALF_WIDTH = 0.04;
/** Characters of a value beside its axis; table and tooltip have the whole. */
const LONGEST_NAME = 18;
/** Of runs outside of the ranges. */
const DIMMED = 0.18;

export function drawParallel(view: CompareView, axes: readonly ParallelAxis[], theme: Theme): Drawing {
  const { ranges } = view.options;
  const ground = groundOf(document.body);
  const runs = visibleRuns(view);
  const isInside = runs.map((_, index) => isInRanges(axes, ranges, index));
  const inside = runs.filter((_, index) => isInside[index]);
  const hasRanges = axes.some(({ key }) => ranges[key] !== undefined);
  const x = axisOptions(theme, { position: "bottom" });
  const textOf = (axis: ParallelAxis | undefined, run: number): string => {
    const value = axis?.values[run];
    return axis === undefined || value === undefined ? "–" : axis.text(value);
  };
  return {
    data: {
      labels: axes.map(({ title }) => title),
      datasets: runs.map((run, index) => {
        const { color, shape } = styleOf(slotOf(view, run.id), ground);
        const drawn = isInside[index] ? color : withOpacity(color, DIMMED);
        return {
          label: run.label,
          data: axes.map((axis) => {
            const value = axis.values[index];
            return value === undefined ? null : placeOf(axis, value);
          }),
          ...pointStyleOf(shape),
          borderColor: drawn,
          backgroundColor: drawn,
          borderWidth: 2,
          hoverBorderWidth: 4,
          hoverBorderColor: color,
          pointRadius: 4,
          tension: 0,
          spanGaps: true,
          // Those inside lie above.
          order: isInside[index] ? 0 : 1,
        };
      }),
    },
    options: {
      // The whole run is what the pointer is on.
      interaction: { mode: "dataset", axis: "xy", intersect: false },
      scales: {
        x: { ...x, type: "category", ticks: { ...x.ticks, autoSkip: false }, grid: { ...x.grid, lineWidth: 1 } },
        y: { type: "linear", display: false, min: -MARGIN, max: 1 + MARGIN },
      },
      plugins: {
        annotation: {
          clip: false,
          annotations: [...axes.flatMap((one, index) => marks(one, index, axes.length, ranges, theme))],
        },
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => runs[item?.datasetIndex ?? 0]?.label ?? "",
            label: ({ datasetIndex, dataIndex }: Hovered) =>
              `${axes[dataIndex]?.title} ${textOf(axes[dataIndex], datasetIndex)}`,
          },
        },
      },
    },
    sheet: {
      columns: [l10n.t("Run"), ...axes.map(({ title }) => title), ...(hasRanges ? [l10n.t("In range")] : [])],
      rows: runs.map((run, index) => [
        run.label,
        ...axes.map((axis) => {
          const value = axis.values[index];
          const text = textOf(axis, index);
          return value === undefined || axis.categories !== undefined ? text : { value, text };
        }),
        ...(hasRanges ? [isInside[index] ? l10n.t("yes") : l10n.t("no")] : []),
      ]),
    },
    note: noteOn(view),
    description: l10n.t(
      "Runs by {0}. In range: {1}.",
      axes.map(({ title }) => title).join(", "),
      inside.map(({ label }) => label).join(", ") || l10n.t("none"),
    ),
  };
}

/** What stands at an axis: its ends or its names, and the range that is set on it. */
function marks(
  axis: ParallelAxis,
  index: number,
  count: number,
  ranges: AxisRanges,
  theme: Theme,
): readonly AnnotationOptions[] {
  const values = axis.categories?.map((_, category) => category) ?? [...new Set([axis.min, axis.max])];
  const isLast = index === count - 1;
  const range = ranges[axis.key];
  return [
    ...values.map(
      (value): AnnotationOptions => ({
        type: "label",
        xValue: index,
        yValue: placeOf(axis, value),
        content: shortened(axis.text(value), LONGEST_NAME),
        // Beside the axis, away from what lies on it.
        position: { x: isLast ? "end" : "start", y: "center" },
        xAdjust: isLast ? -6 : 6,
        yAdjust: placeOf(axis, value) < 0.5 ? 10 : -10,
        color: theme.text,
        backgroundColor: theme.background,
        padding: 1,
        font: { size: 10 },
        drawTime: "afterDatasetsDraw",
      }),
    ),
    ...(range === undefined ? [] : [rangeBox(axis, range, index, theme)]),
  ];
}

function rangeBox(
  axis: ParallelAxis,
  { min, max }: { readonly min: number; readonly max: number },
  index: number,
  theme: Theme,
): AnnotationOptions {
  // A name is one point of its axis; its box has to be seen.
  const room = axis.categories === undefined ? 0 : 0.03;
  return {
    type: "box",
    xMin: index - HALF_WIDTH,
    xMax: index + HALF_WIDTH,
    yMin: placeOf(axis, min) - room,
    yMax: placeOf(axis, max) + room,
    ...selection(theme),
    drawTime: "beforeDatasetsDraw",
  };
}

function noteOn({ comparison: { settings } }: CompareView): string {
  return settings.length > MOST_SETTINGS
    ? l10n.t("The first {0} of {1} settings.", MOST_SETTINGS, settings.length)
    : "";
}
