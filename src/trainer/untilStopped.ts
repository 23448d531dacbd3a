/** Waiting for users' code, which may take for ever. */
import type { Steering } from "./steering.ts";

/** Milliseconds after which a user wants to know what it is that takes so long. */
const LONG_MS = 20_000;

/**
 * @param what waits, for the message @param onLong told once when it takes long, as data of a user's own may
 * @returns what `work` gives, or undefined when the run is stopped before that; `work` is then left alone
 */
export async function untilStopped<T>(
  steering: Steering,
  work: Promise<T>,
  what: string,
  onLong: (message: string) => void,
): Promise<T | undefined> {
  const timer = setTimeout(
    () => onLong(`${what} has not given its model and data after ${LONG_MS / 1000} s; the run can be stopped.`),
    LONG_MS,
  );
  const stopped = (async () => {
    while (steering.wish !== "stop") await steering.changed();
    return undefined;
  })();
  // Left alone, it may still fail.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
  }
}
