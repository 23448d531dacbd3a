/** Examples that are ids of different length: how long each is, and orders in which those of like length come together. */
import { permutation, type Random } from "./random.ts";
import { type AnyDataSet, type Split, sizeOf } from "./types.ts";

const known = new WeakMap<Split, Uint32Array>();

/** Positions of each example that are no padding, of its longest field. @param data with `padding` */
export function lengthsOf(data: AnyDataSet, split: Split): Uint32Array {
  const found = known.get(split) ?? measure(data, split);
  known.set(split, found);
  return found;
}

function measure({ xShape, xFields, padding }: AnyDataSet, { x, count }: Split): Uint32Array {
  const width = sizeOf(xShape);
  const fields = xFields?.map(({ shape }) => sizeOf(shape)) ?? [width];
  return Uint32Array.from({ length: count }, (_, example) => {
    let [longest, from] = [1, example * width];
    for (const size of fields) {
      const ids = x.subarray(from, from + size);
      longest = Math.max(longest, padding === "start" ? size - firstOf(ids) : lastOf(ids) + 1);
      from += size;
    }
    return longest;
  });
}

function firstOf(ids: Split["x"]): number {
  const at = ids.findIndex((id) => id !== 0);
  return at < 0 ? ids.length : at;
}

function lastOf(ids: Split["x"]): number {
  let at = ids.length - 1;
  while (at >= 0 && ids[at] === 0) at -= 1;
  return at;
}

/** Of each doubling of the length, so many lengths are told apart: each is a graph of its own, and what is added is computed. */
const LENGTHS_PER_DOUBLING = 4;
const SHORTEST = 8;

/** The length that a batch is cut to: one of few, at most a quarter more than it has to be, or 8. */
export function batchLength(length: number, most: number): number {
  const step = 2 ** Math.floor(Math.log2(Math.max(length, SHORTEST))) / LENGTHS_PER_DOUBLING;
  return Math.min(most, Math.max(SHORTEST, Math.ceil(length / step) * step));
}

/**
 * Batches of examples of like length, in random order; a smaller one, if there is one, comes last.
 * @param order of all examples, random as well: it says which ones of a length come together
 */
export function orderByLength(
  order: Uint32Array,
  lengths: Uint32Array,
  batchSize: number,
  random: Random,
): Uint32Array {
  const keys = lengths.map((length) => batchLength(length, Number.POSITIVE_INFINITY));
  // Typed arrays sort stably: by length, and within one as they come.
  const sorted = order.slice().sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  const whole = Math.floor(sorted.length / batchSize);
  const mixed = new Uint32Array(sorted.length);
  for (const [at, batch] of permutation(whole, random).entries()) {
    mixed.set(sorted.subarray(batch * batchSize, (batch + 1) * batchSize), at * batchSize);
  }
  mixed.set(sorted.subarray(whole * batchSize), whole * batchSize);
  return mixed;
}

/**
 * All examples, short ones first, in batches of like length: which ones, and the length they are cut to.
 * @param most the length of all @param sizeAt how many examples of a length go into a batch
 */
export function* batchesByLength(
  lengths: Uint32Array,
  most: number,
  sizeAt: (length: number) => number,
): Generator<{ readonly examples: Uint32Array; readonly length: number }> {
  const order = Uint32Array.from(lengths.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const lengthAt = (at: number): number => batchLength(lengths[order[Math.min(at, order.length - 1)] ?? 0] ?? 0, most);
  for (let from = 0; from < order.length; ) {
    const length = lengthAt(from + sizeAt(lengthAt(from)) - 1);
    const examples = order.subarray(from, from + sizeAt(length));
    yield { examples, length };
    from += examples.length;
  }
}
