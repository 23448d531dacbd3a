/**
 * The one of many scores that has a given rank, without sorting them: they are counted by the upper half of their bits, then those of
 * one such half by the lower (radix selection). Two passes, whatever the rank is.
 */

/** Scores of a tensor, of which those count whose mask is not 0. */
export interface Scored {
  /** ≥ 0; what is no number is larger than all. */
  readonly scores: Float32Array;
  readonly mask: Float32Array;
}

export interface Selected {
  readonly value: number;
  /** How many are less. */
  readonly below: number;
}

const HALF = 16;
const VALUES = 2 ** HALF;
/** All but the sign: 0 has two. The others, as whole numbers, come in the order of the floats. */
const MAGNITUDE = 0x7fffffff;

/** @param rank 0 for the smallest, less than how many count */
export function selectRank(tensors: readonly Scored[], rank: number): Selected {
  const all = tensors.map(({ scores, mask }) => ({
    bits: new Int32Array(scores.buffer, scores.byteOffset, scores.length),
    mask,
  }));
  const upper = new Float64Array(VALUES);
  for (const { bits, mask } of all) {
    for (let at = 0; at < bits.length; at++) {
      if (mask[at] === 0) continue;
      const half = ((bits[at] ?? 0) & MAGNITUDE) >>> HALF;
      upper[half] = (upper[half] ?? 0) + 1;
    }
  }
  const head = placeOf(upper, rank);
  const lower = new Float64Array(VALUES);
  for (const { bits, mask } of all) {
    for (let at = 0; at < bits.length; at++) {
      const own = (bits[at] ?? 0) & MAGNITUDE;
      if (mask[at] === 0 || own >>> HALF !== head.place) continue;
      const half = own & (VALUES - 1);
      lower[half] = (lower[half] ?? 0) + 1;
    }
  }
  const tail = placeOf(lower, rank - head.before);
  const [value = 0] = new Float32Array(Int32Array.of(head.place * VALUES + tail.place).buffer);
  return { value, below: head.before + tail.before };
}

/** Where the running sum of the counts goes beyond the rank, and what it is before. */
function placeOf(counts: Float64Array, rank: number): { readonly place: number; readonly before: number } {
  let before = 0;
  for (const [place, count] of counts.entries()) {
    if (before + count > rank) return { place, before };
    before += count;
  }
  throw new RangeError(`there are ${before}, and none of rank ${rank}`);
}
