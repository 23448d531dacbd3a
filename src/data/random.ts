/** Seeded randomness: one independent stream for each list of keys, the same numbers on every machine. */
import { AsyncLocalStorage } from "node:async_hooks";

export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number;
}

/** The keys as four 32-bit words (MurmurHash3's mixing steps, one lane a word). */
function hashKeys(keys: readonly (number | string)[]): [number, number, number, number] {
  // Kind and length go in as well, so that ("1", 2), (1, 2) and ("12") are different streams.
  const text = keys.map((key) => `${typeof key}:${String(key).length}:${key};`).join("");
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667];
  for (let lane = 0; lane < 4; lane++) {
    let hash = words[lane] ?? 0;
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0xcc9e2d51);
      hash = Math.imul((hash << 15) | (hash >>> 17), 0x1b873593);
      hash ^= hash >>> 13;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    words[lane] = (hash ^ (hash >>> 16)) | 0;
  }
  return words;
}

/** A stream of its own for these keys, e.g. `createRandom(seed, "shuffle", epoch)`. Generator: sfc32 (PractRand). */
export function createRandom(...keys: readonly (number | string)[]): Random {
  let [a, b, c, counter] = hashKeys(keys);
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The author's advice: the first outputs still look like the seed.
  for (let round = 0; round < 12; round++) next();
  return { next };
}

/** 0 … count − 1 in random order (Fisher–Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}

/** What draws, in code that was called by `withSeededMathRandom`. */
const own = new AsyncLocalStorage<Random>();
let unseeded = Math.random;
const drawOwn = (): number => own.getStore()?.next() ?? unseeded();

/**
 * Runs `run`, in which `Math.random` draws from `random`: code that knows no seed, such as the initialisers of a model
 * file, becomes reproducible. So do what it calls and what it begins, however long that goes on; all else in the process
 * draws as ever.
 */
export function withSeededMathRandom<T>(random: Random, run: () => T): T {
  // It stays there: nobody knows when what has begun will have ended.
  if (Math.random !== drawOwn) {
    unseeded = Math.random;
    Math.random = drawOwn;
  }
  return own.run(random, run);
}
