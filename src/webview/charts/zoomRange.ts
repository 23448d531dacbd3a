/** Ranges of axes that the user has zoomed to. No browser in here. */
import type { ChartZoom } from "../../protocol/chartZoom.ts";
import type { AnyOptions } from "./chartSetup.ts";

export type Ranges = ChartZoom["scales"];

/** The same options with these ranges on the axes, whose ends are no marks then: nobody counts in them. */
export function withRanges(options: AnyOptions, ranges: Ranges): AnyOptions {
  const scales = Object.entries(options.scales ?? {}).map(([id, scale]) => {
    const range = ranges[id];
    const ticks = { ...scale?.ticks, includeBounds: false };
    return [id, range === undefined ? scale : { ...scale, ...range, ticks }] as const;
  });
  return { ...options, scales: Object.fromEntries(scales) };
}

/** Rounding of the zoom's own. */
const CLOSE = 1e-6;

/** Whether all is seen that there is. */
export function isWhole(ranges: Ranges, whole: Ranges): boolean {
  return Object.entries(ranges).every(([id, { min, max }]) => {
    const all = whole[id];
    const room = all === undefined ? 0 : (all.max - all.min) * CLOSE;
    return all === undefined || (min <= all.min + room && max >= all.max - room);
  });
}
