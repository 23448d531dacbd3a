/**
 * One run as a snapshot and numbered deltas. The run's folder is what is read, for a finished run and a live one alike;
 * the control socket only says when to look.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent } from "../protocol/events.ts";
import { LIVE_STATES } from "../protocol/run.ts";
import { type Run, recordPath } from "../runs/files/layout.ts";
import { readEventsWithPosition } from "../runs/log/eventLog.ts";
import { createLogReader } from "../runs/log/tail.ts";
import { lookOnChange } from "../runs/log/wake.ts";
import type { RunStatus } from "../runs/record/store.ts";
import { type ControlClient, connectControl } from "./client.ts";

/**
 * `number` is 1 for the snapshot and grows by 1. A snapshot has no `step` that another one follows. `events` of a delta may
 * be empty: then state or record has changed.
 */
export type RunUpdate =
  | ({ readonly type: "snapshot"; readonly number: number; readonly events: readonly RunEvent[] } & RunStatus)
  /** Events as they were written: put them behind those before and pass the whole through `foldResumed`. */
  | ({ readonly type: "delta"; readonly number: number; readonly events: readonly RunEvent[] } & RunStatus)
  /** The run was deleted, or never was; nothing follows. */
  | { readonly type: "gone"; readonly number: number };

export interface FollowRunOptions {
  readonly signal: AbortSignal;
  readonly readStatus: () => Promise<RunStatus>;
  /** Signs of change that do not show in the folder, such as the end of a process; returns how to unsubscribe. */
  readonly wakeOn: (wake: () => void) => () => void;
}

/**
 * Resolves when the signal aborts or the run is gone; goes on after the run has ended, since it may be resumed.
 * @throws WhittleError when the record or the log is damaged
 */
export async function followRun(
  run: Run,
  onUpdate: (update: RunUpdate) => void,
  options: FollowRunOptions,
): Promise<void> {
  const { signal, readStatus } = options;
  const link = createLink(run);
  let number = 0;
  let last: RunStatus | undefined;
  let readNew: (() => RunEvent[]) | undefined;
  const look = async (): Promise<void> => {
    // The state first: when it says that the run has ended, the events read after it are all there are.
    const status = await readStatus();
    if (readNew === undefined) {
      const { events, next } = await readEventsWithPosition(run, "latest");
      readNew = createLogReader(run, next);
      number += 1;
      onUpdate({ type: "snapshot", number, events, ...status });
    } else {
      const events = readNew();
      if (events.length > 0 || !isSame(last, status)) {
        number += 1;
        onUpdate({ type: "delta", number, events, ...status });
      }
    }
    last = status;
    link.keep(LIVE_STATES.has(status.state));
  };
  try {
    await lookOnChange(run.dir, look, {
      signal,
      wakeOn: (wake) => {
        const unsubscribe = options.wakeOn(wake);
        link.onNews(wake);
        return unsubscribe;
      },
    });
  } catch (error) {
    if (!(await isDeleted(run))) {
      throw error;
    }
    onUpdate({ type: "gone", number: number + 1 });
  } finally {
    link.dispose();
  }
}

/** A folder that is being deleted loses its files one by one: what is missing first may be the log or the record. */
async function isDeleted(run: Run): Promise<boolean> {
  for (let look = 0; look < DELETION_LOOKS; look += 1) {
    if (!existsSync(recordPath(run))) {
      return true;
    }
    await sleep(DELETION_PAUSE_MS);
  }
  return false;
}

function isSame(a: RunStatus | undefined, b: RunStatus): boolean {
  return a?.state === b.state && a.record.updatedAt === b.record.updatedAt;
}

/** A deletion that takes longer than these together is told as the error that it caused. */
const DELETION_LOOKS = 10;
const DELETION_PAUSE_MS = 100;

/** After a connection failed; until then the folder is watched all the same. */
const RETRY_MS = 2_000;

/** A connection that is there as long as it is wanted and can be had. */
function createLink(run: Run): { keep(wanted: boolean): void; onNews(listener: () => void): void; dispose(): void } {
  let client: ControlClient | undefined;
  let connecting = false;
  let disposed = false;
  let nextTry = 0;
  let tell = (): void => undefined;
  const open = async (): Promise<void> => {
    connecting = true;
    try {
      const opened = await connectControl(run);
      if (disposed) {
        opened?.dispose();
      } else if (opened !== undefined) {
        client = opened;
        opened.onAppended(() => tell());
        void opened.closed.then(() => {
          client = undefined;
          tell();
        });
      }
    } catch {
      // A process that hangs or is of another version can be followed by its files; steering it reports the error.
      nextTry = performance.now() + RETRY_MS;
    } finally {
      connecting = false;
    }
  };
  return {
    keep(wanted) {
      if (wanted && client === undefined && !connecting && performance.now() >= nextTry) {
        void open();
      }
    },
    onNews(listener) {
      tell = listener;
    },
    dispose() {
      disposed = true;
      client?.dispose();
    },
  };
}
