/** Made-up sequences of ids, for models that embed them. */
import type { Random } from "../../../src/data/random.ts";

/** By file, examples whose inputs are ids: how many their embeddings have at least. */
export const EXAMPLE_IDS: Readonly<Record<string, number>> = {
  "characters.model.ts": 100,
  "reviews.model.ts": 100,
  "translation.model.ts": 100,
};

/**
 * Rows of ids below `ids`, which end in zeros of any number, as padding is.
 * @param shape `[…, length]`
 */
export function madeIds(random: Random, ids: number, shape: readonly number[]): Float32Array {
  const length = shape.at(-1) ?? 1;
  let kept = 0;
  return Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => {
    if (at % length === 0) kept = Math.floor(random.next() * (length + 1));
    const id = Math.floor(random.next() * ids);
    return at % length < kept ? id : 0;
  });
}
