/** How often the state is written while nothing but steps happens. */

/** Milliseconds between checkpoints that cost next to nothing. */
const SHORTEST_MS = 5000;
/** Largest part of the time that they may take. */
const LARGEST_SHARE = 0.05;

/** @param cost milliseconds that the last checkpoint took @returns milliseconds of training until the next one */
export function checkpointPause(cost: number): number {
  return Math.max(SHORTEST_MS, cost * (1 / LARGEST_SHARE - 1));
}
