/** Waiting for a folder to change: fs.watch where it works, and a slow poll where it does not (network drives). */
import { type FSWatcher, watch } from "node:fs";

const POLL_MS = 500;

/**
 * Calls `look` now, and again after each sign of change in `folder`, one call at a time, until `signal` aborts or `look`
 * throws. Signs that come during a call lead to one more call.
 * @param wakeOn subscribes to another source of signs (messages of the writer), returns how to unsubscribe
 */
export async function lookOnChange(
  folder: string,
  look: () => void | Promise<void>,
  options: { readonly signal: AbortSignal; readonly wakeOn?: (wake: () => void) => () => void },
): Promise<void> {
  const { signal, wakeOn } = options;
  let changed = false;
  let wakeSleeper: (() => void) | undefined;
  const wake = (): void => {
    changed = true;
    wakeSleeper?.();
  };
  const watcher = watchFolder(folder, wake);
  const unsubscribe = wakeOn?.(wake);
  signal.addEventListener("abort", wake);
  try {
    while (!signal.aborted) {
      changed = false;
      await look();
      if (!changed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, POLL_MS);
          wakeSleeper = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  } finally {
    signal.removeEventListener("abort", wake);
    unsubscribe?.();
    watcher?.close();
  }
}

/**
 * Calls `wake` when an entry of `folder` comes, changes or goes; not for what lies deeper. undefined where watching is
 * impossible: no such folder yet, no more watches, a file system without them.
 */
export function watchFolder(folder: string, wake: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, wake);
    // E.g. the folder was deleted on Windows. The poll goes on, and finds out.
    watcher.on("error", () => {
      watcher.close();
      wake();
    });
    return watcher;
  } catch {
    return undefined;
  }
}
