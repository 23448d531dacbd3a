import { sizeOf } from "../../models/shapes.ts";

/** @returns the values of a tensor whose axes come from those that `perm` names */
export function permuteValues(
  values: Float32Array,
  shape: readonly number[],
  perm: readonly number[],
): { readonly values: Float32Array; readonly shape: readonly number[] } {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const sizes = perm.map((axis) => shape[axis] ?? 1);
  const steps = perm.map((axis) => strides[axis] ?? 1);
  const permuted = new Float32Array(values.length);
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < permuted.length; to++) {
    permuted[to] = values[from] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const [size = 1, step = 1] = [sizes[axis], steps[axis]];
      index[axis] = (index[axis] ?? 0) + 1;
      from += step;
      if ((index[axis] ?? 0) < size) break;
      index[axis] = 0;
      from -= size * step;
    }
  }
  return { values: permuted, shape: sizes };
}
