/** What was measured, faintly behind the curve that was smoothed. */
import { withOpacity } from "../base/rgb.ts";

/** Enough to see by, on light grounds and dark ones. */
const OPACITY = 0.4;

/** @param line how the smoothed curve is drawn */
export function asMeasured<T extends { readonly borderColor: string }>(line: T) {
  return {
    ...line,
    // Legends leave out what has no name.
    label: "",
    borderColor: withOpacity(line.borderColor, OPACITY),
    borderWidth: 1,
    pointRadius: 0,
    tension: 0,
    order: 1,
  };
}
