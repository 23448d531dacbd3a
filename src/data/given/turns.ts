/** Turns of others while examples are read. */

/** Milliseconds of examples between two of them. */
const TURN_MS = 50;

/**
 * What comes without waiting would let nobody else have a turn: who wants to stop the run, for one.
 * @returns to be called and awaited after each example
 */
export function createTurns(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last <= TURN_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        last = performance.now();
        resolve();
      }),
    );
  };
}
