/** Splits, cut from the seed where a source has none. */
import { WhittleError } from "../protocol/errors.ts";
import { createRandom, permutation } from "./random.ts";

/** Part of the examples that becomes the test split where the source has none. */
export const TEST_PART = 0.1;

export interface CutOptions {
  readonly validationSplit: number;
  readonly seed: number;
}

export interface Splits<T> {
  readonly train: T;
  readonly validation: T;
  readonly test: T;
}

/** Splits of which a source may lack some. */
export interface GivenSplits<T> {
  readonly train: T;
  readonly validation?: T | undefined;
  readonly test?: T | undefined;
}

/** How examples are picked out of whatever holds them. */
interface Picking<T> {
  readonly countOf: (split: T) => number;
  readonly pick: (split: T, picked: Uint32Array) => T;
}

/** @param spec for messages @throws WhittleError where there are too few examples to cut */
export function cutSplits<T>(
  spec: string,
  { train: all, validation, test }: GivenSplits<T>,
  { countOf, pick }: Picking<T>,
  { validationSplit, seed }: CutOptions,
): Splits<T> {
  /** @returns the part, and what remains */
  const cut = (split: T, part: number, what: string): readonly [T, T] => {
    const count = countOf(split);
    if (count < 3) {
      throw new WhittleError(`"${spec}" has ${count} training examples, too few to cut the ${what} out of them.`, {
        remedy: "Give more examples, or splits of your own.",
      });
    }
    const order = permutation(count, createRandom(seed, what));
    const held = Math.min(Math.max(Math.round(count * part), 1), count - 2);
    return [pick(split, order.subarray(0, held)), pick(split, order.subarray(held))];
  };
  const [tested, others] = test === undefined ? cut(all, TEST_PART, "test split") : [test, all];
  const [held, train] =
    validation === undefined ? cut(others, validationSplit, "validation split") : [validation, others];
  return { train, validation: held, test: tested };
}

export const cutLists = <T>(
  spec: string,
  lists: GivenSplits<readonly T[]>,
  options: CutOptions,
): Splits<readonly T[]> =>
  cutSplits<readonly T[]>(
    spec,
    lists,
    {
      countOf: ({ length }) => length,
      pick: (list, picked) => Array.from(picked, (at) => list[at] as T),
    },
    options,
  );
