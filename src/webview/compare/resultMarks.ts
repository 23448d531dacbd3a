/** How results are drawn in charts of points: a mark per run or group of seeds, and deviations. */
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import type { Cell } from "../base/table.ts";
import type { Theme } from "../base/theme.ts";
import { pointStyleOf, type SeriesStyle } from "./seriesStyle.ts";

const RADIUS = 6;

/** @param isFinal of a result; what is on the way is hollow */
export function resultMark({ color, shape }: SeriesStyle, isFinal: boolean, theme: Theme) {
  return {
    ...pointStyleOf(shape),
    borderColor: color,
    borderWidth: 2,
    backgroundColor: isFinal ? color : theme.background,
    pointRadius: RADIUS,
    pointHoverRadius: RADIUS + 2,
  };
}

/** From `size` below the point to `size` above it along one axis, in units of the axes. */
export function whisker(
  { x, y }: { readonly x: number; readonly y: number },
  along: "x" | "y",
  size: number,
  color: string,
): AnnotationOptions[] {
  const [dx, dy] = along === "x" ? [size, 0] : [0, size];
  const ends = { xMin: x - dx, xMax: x + dx, yMin: y - dy, yMax: y + dy };
  return size > 0
    ? [{ type: "line", borderColor: color, borderWidth: 1.5, drawTime: "beforeDatasetsDraw", ...ends }]
    : [];
}

export function deviationCell(sd: number | undefined, text: (value: number) => string): Cell {
  return sd === undefined ? "" : { value: sd, text: text(sd) };
}
