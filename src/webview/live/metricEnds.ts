/** Where the axis of the metric ends. No browser in here. */
import { metricScale } from "../../protocol/figures.ts";

/** Of all that a metric can be, how near to an end its values are where the axis goes on to that end. */
const NEAR = 0.1;

/**
 * The axis of a part goes to 100 % always; others have ends only where chart.js might go beyond what can be.
 * @param values of `metric`, as they are shown
 */
export function metricEnds(
  metric: string,
  values: readonly number[],
  isLog: boolean,
): { readonly min?: number; readonly max?: number } {
  const { scale, least, most } = metricScale(metric);
  const isBounded = Number.isFinite(most - least);
  const near = (most - least) * NEAR;
  const isLow = values.length === 0 || (isBounded && values.some((value) => value < least + near));
  const isHigh = isBounded && (scale === 100 || values.some((value) => value > most - near));
  // A logarithmic axis has no place for 0.
  return { ...(isLow && !isLog ? { min: 0 } : {}), ...(isHigh ? { max: most } : {}) };
}
