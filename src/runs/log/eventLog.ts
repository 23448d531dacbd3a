/** Writing and reading `events.jsonl`. Only the holder of the run's lock writes. */
import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { errorCode } from "../../protocol/errors.ts";
import type { NewEvent, RunEvent } from "../../protocol/events.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { eventsPath, type Run } from "../files/layout.ts";
import { foldResumed, LOG_START, type LogPosition, parseEventLines, type WantedSteps } from "./eventLines.ts";

export { foldResumed } from "./eventLines.ts";

export interface EventLog {
  /**
   * Gives the event its number and time and writes it, synchronously (to the system, see `flush`).
   * @throws WhittleError when it could not be written whole; the log is then as it was before
   * @throws Error when a figure in it is NaN or infinite, which JSON would turn into null
   */
  append(event: NewEvent): RunEvent;
  /** Number of the last event; 0 before the first. */
  readonly seq: number;
  /** Returns when everything is on the disk. */
  flush(): void;
  close(): void;
}

/** Continues the log of `run`, or begins one. A last line that a crash has torn is cut off, and nothing else. */
export async function openEventLog(run: Run): Promise<EventLog> {
  const file = eventsPath(run);
  let { seq, offset: length } = readWhole(run).next;
  let torn = false;
  let fd: number;
  try {
    fd = openSync(file, "a");
    // By path and not by `fd`: on Windows a file that is open for appending cannot be cut.
    truncateSync(file, length);
  } catch (error) {
    throw explainFsError(error, file);
  }
  return {
    append(event) {
      const numbered = { seq: seq + 1, time: Date.now(), ...event };
      const bytes = Buffer.from(`${JSON.stringify(numbered, refuseNonFinite)}\n`);
      try {
        if (torn) {
          truncateSync(file, length);
        }
        torn = true;
        writeWhole(fd, bytes);
        torn = false;
      } catch (error) {
        torn = !cutBack(file, length);
        throw explainFsError(error, file);
      }
      length += bytes.length;
      seq += 1;
      return numbered;
    },
    get seq() {
      return seq;
    },
    flush() {
      try {
        fsyncSync(fd);
      } catch (error) {
        throw explainFsError(error, file);
      }
    },
    close() {
      closeSync(fd);
    },
  };
}

/**
 * All events that count: a torn last line and what a resume has superseded are left out.
 * @throws WhittleError naming the line when the log is damaged before its end
 */
export async function readEvents(run: Run): Promise<RunEvent[]> {
  return (await readEventsWithPosition(run)).events;
}

/** Lines that are read before others get a turn: a long log must not hold up an editor. About 5 ms. */
const LINES_A_TURN = 500;

/** `readEvents`, of which the steps may be few, and where a follower goes on. */
export async function readEventsWithPosition(
  run: Run,
  steps: WantedSteps = "all",
): Promise<{ events: RunEvent[]; next: LogPosition }> {
  const file = eventsPath(run);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    bytes = nothingIfMissing(error, file);
  }
  const events: RunEvent[] = [];
  let next = LOG_START;
  for (let isOver = false; !isOver; ) {
    const part = parseEventLines(bytes.subarray(next.offset), next, file, { most: LINES_A_TURN, steps });
    events.push(...part.events);
    next = part.next;
    isOver = part.lines < LINES_A_TURN;
    if (!isOver) {
      await nextTurn();
    }
  }
  return { events: foldResumed(events), next };
}

function readWhole(run: Run): ReturnType<typeof parseEventLines> {
  const file = eventsPath(run);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    bytes = nothingIfMissing(error, file);
  }
  return parseEventLines(bytes, LOG_START, file);
}

function nothingIfMissing(error: unknown, file: string): Buffer {
  if (errorCode(error) === "ENOENT") {
    return Buffer.alloc(0);
  }
  throw explainFsError(error, file, "read");
}

/** A full disk takes part of a line without an error; the next call then says so. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written);
  }
}

/**
 * Removes what a failed write left behind; this needs no space, so it works on a full disk.
 * @returns false if it failed as well: the next append, or the next opener, tries again
 */
function cutBack(file: string, length: number): boolean {
  try {
    truncateSync(file, length);
    return true;
  } catch {
    return false;
  }
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new Error(`event figure ${key} is ${value}`);
  }
  return value;
}
