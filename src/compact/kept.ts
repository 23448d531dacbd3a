/** Between a tensor of the user's model and what is kept of it. All row-major. */
import { sizeOf } from "../models/shapes.ts";
import type { Kept } from "./analyze.ts";

type Values = Float32Array | Int32Array;

/** What stands at the kept positions of every axis. */
export function pick<V extends Values>(values: V, shape: readonly number[], kept: Kept): V {
  let picked: V = values;
  let inner = 1;
  // From the last axis on: what comes before it is still whole.
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const [positions, length] = [kept[axis] ?? null, shape[axis] ?? 1];
    if (positions !== null) {
      const outer = picked.length / (length * inner);
      const next = createLike(values, outer * positions.length * inner);
      for (let block = 0; block < outer; block += 1) {
        for (const [at, position] of positions.entries()) {
          const from = (block * length + position) * inner;
          next.set(picked.subarray(from, from + inner), (block * positions.length + at) * inner);
        }
      }
      picked = next;
    }
    inner *= positions?.length ?? length;
  }
  return picked;
}

/** The other way round: 0 at what is not kept. @param shape of the whole tensor */
export function spread(values: Float32Array, shape: readonly number[], kept: Kept): Float32Array {
  const count = sizeOf(shape);
  const places = pick(
    Int32Array.from({ length: count }, (_, at) => at),
    shape,
    kept,
  );
  const whole = new Float32Array(count);
  for (const [at, place] of places.entries()) whole[place] = values[at] ?? 0;
  return whole;
}

function createLike<V extends Values>(values: V, length: number): V {
  return (values instanceof Int32Array ? new Int32Array(length) : new Float32Array(length)) as V;
}
