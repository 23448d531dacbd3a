/** When the schedule `plateau` lowers the learning rate: the rule of PyTorch's `ReduceLROnPlateau` with its defaults. */

/** Plain JSON, as it is part of a checkpoint. */
export interface Plateau {
  /** Smallest validation loss since the phase began, or weights were pruned. */
  readonly best: number | null;
  /** Epochs since then, or since the rate was lowered. */
  readonly since: number;
  /** How often the rate was lowered. */
  readonly drops: number;
}

export const NO_PLATEAU: Plateau = { best: null, since: 0, drops: 0 };

/** Relative improvement that counts as one. */
const MIN_DELTA = 1e-4;

/**
 * @param loss on the validation split where an epoch has ended
 * @param patience epochs without improvement that are let pass
 */
export function followPlateau(plateau: Plateau, loss: number | undefined, patience: number): Plateau {
  if (loss === undefined) return plateau;
  const { best, since, drops } = plateau;
  if (loss < (best ?? Number.POSITIVE_INFINITY) * (1 - MIN_DELTA)) return { best: loss, since: 0, drops };
  return since + 1 > patience ? { best, since: 0, drops: drops + 1 } : { best, since: since + 1, drops };
}
