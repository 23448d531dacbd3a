/**
 * Which of many places along an axis get a label, so that none covers another one: the last always, and before it each that
 * is far enough from the next one with a label.
 * @param places ascending @param least distance between two labels
 * @returns indices into `places`
 */
export function spacedLabels(places: readonly number[], least: number): ReadonlySet<number> {
  const shown = new Set<number>();
  let next = Number.POSITIVE_INFINITY;
  for (let index = places.length - 1; index >= 0; index--) {
    const place = places[index] ?? 0;
    if (next - place < least) continue;
    shown.add(index);
    next = place;
  }
  return shown;
}
