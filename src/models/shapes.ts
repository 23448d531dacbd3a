/** Shapes of one example, as models and data sets have them. */

/** `null` where any length will do. */
export type Shape = readonly (number | null)[];

export const showShape = (shape: Shape): string => `[${shape.map((length) => length ?? "any").join(", ")}]`;

export const sizeOf = (shape: Shape): number => shape.reduce<number>((product, length) => product * (length ?? 1), 1);

export function matches(wanted: Shape, found: Shape): boolean {
  return wanted.length === found.length && wanted.every((length, axis) => length === null || length === found[axis]);
}

/**
 * How examples of shape `found` go into a model: as they are, or all their numbers in another arrangement, such as [784] for
 * [28, 28, 1]; row-major order is kept.
 */
export function fitShape(wanted: Shape, found: readonly number[]): readonly number[] | undefined {
  if (matches(wanted, found)) return found;
  const fixed = wanted.filter((length) => length !== null);
  return fixed.length === wanted.length && sizeOf(fixed) === sizeOf(found) ? fixed : undefined;
}
