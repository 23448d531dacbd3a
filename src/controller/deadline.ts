/** Waiting, but not for ever. */
import { WhittleError } from "../protocol/errors.ts";

/** @throws WhittleError saying that `what` did not answer, when `promise` is not settled after `ms` */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(timeoutError(what, ms)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns whether `condition` held within `ms`, asked every 50 ms */
export async function waitUntil(condition: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() >= end) {
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

function timeoutError(what: string, ms: number): WhittleError {
  return new WhittleError(`${what} did not answer within ${ms / 1000} s.`, {
    remedy: "It may be busy; try again, or stop it: whittle stop <id>",
  });
}
