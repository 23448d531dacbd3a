/** Reading a log while it is being written, possibly by another process. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { errorCode, WhittleError } from "../../protocol/errors.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { eventsPath, type Run } from "../files/layout.ts";
import { LOG_START, type LogPosition, parseEventLines } from "./eventLines.ts";
import { lookOnChange } from "./wake.ts";

export interface FollowOptions {
  /** Ends the following; the promise then resolves. */
  readonly signal: AbortSignal;
  /** Where to begin; the start of the log if left out. */
  readonly from?: LogPosition;
  /** Subscribes to a sign that the log has grown, returns how to unsubscribe. */
  readonly wakeOn?: (wake: () => void) => () => void;
}

/**
 * Passes on every event in order, those that a resume supersedes included (`foldResumed` drops them from a list), and
 * waits for the log if there is none yet.
 * @throws WhittleError when the run's folder is gone or the log is damaged; also what `onEvents` throws
 */
export async function followEvents(
  run: Run,
  onEvents: (events: RunEvent[]) => void,
  options: FollowOptions,
): Promise<void> {
  const readNew = createLogReader(run, options.from);
  await lookOnChange(
    run.dir,
    () => {
      const events = readNew();
      if (events.length > 0) {
        onEvents(events);
      }
    },
    options,
  );
}

/**
 * Each call returns the events that were appended since the one before. Only whole lines move its position, so a line
 * that is half written, or torn and later cut off by the writer, is simply read again.
 */
export function createLogReader(run: Run, from: LogPosition = LOG_START): () => RunEvent[] {
  const file = eventsPath(run);
  let position = from;
  return () => {
    const bytes = readFrom(run, file, position.offset);
    const { events, next } = parseEventLines(bytes, position, file);
    position = next;
    return events;
  };
}

function readFrom(run: Run, file: string, offset: number): Buffer {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT" && offset === 0 && existsSync(run.dir)) {
      return Buffer.alloc(0);
    }
    throw errorCode(error) === "ENOENT" ? goneError(run, file) : explainFsError(error, file, "read");
  }
  try {
    const { size } = fstatSync(fd);
    if (size < offset) {
      throw new WhittleError(`${file} was cut or replaced while it was being read.`, {
        remedy: "Open the run again; let nothing but Whittle change its folder.",
      });
    }
    const bytes = Buffer.alloc(size - offset);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) {
        break;
      }
      filled += count;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw explainFsError(error, file, "read");
  } finally {
    closeSync(fd);
  }
}

function goneError(run: Run, file: string): WhittleError {
  return existsSync(run.dir)
    ? new WhittleError(`${file} was deleted while it was being read.`, { remedy: "Open the run again." })
    : new WhittleError(`The folder of run ${run.id} is gone: ${run.dir}.`, {
        remedy: "It was deleted or moved; list the runs again.",
      });
}
