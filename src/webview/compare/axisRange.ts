/** Ranges and steps of axes, where chart.js's own would show what cannot be, or steps that nobody counts in. */

export interface AxisRange {
  readonly min?: number;
  readonly max?: number;
}

/** Room around the values, but not beyond what they can be. */
export function roomAround(values: readonly number[], least: number, most: number): AxisRange {
  if (values.length === 0) {
    return {};
  }
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = (high - low) * 0.1 || Math.abs(high) * 0.01 || 1;
  return { min: Math.max(least, low - room), max: Math.min(most, high + room) };
}

/** The same on a logarithmic axis. @param values above 0 */
export function roomAroundRatios(values: readonly number[]): AxisRange {
  const { min, max } = roomAround(values.map(Math.log10), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  return min === undefined || max === undefined ? {} : { min: 10 ** min, max: 10 ** max };
}

/** Seconds, as clocks count. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
const MOST_TICKS = 6;

/** @param seconds length of the axis */
export function timeStep(seconds: number): number {
  return STEPS.find((step) => seconds / step <= MOST_TICKS) ?? Math.ceil(seconds / MOST_TICKS / 86_400) * 86_400;
}
