/** Reading a long log without keeping anybody waiting: a piece at a time, with a pause for others between two. */
import { type FileHandle, open } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { errorCode } from "../../protocol/errors.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { eventsPath, type Run } from "../files/layout.ts";
import { LOG_START, type LogPosition, parseEventLines } from "./eventLines.ts";

const CHUNK_BYTES = 1024 * 1024;
/** A few milliseconds of parsing. */
const LINES_A_TURN = 500;

/**
 * Passes on the events behind `from`, in order, those that a resume supersedes included; a torn last line is left for the
 * next call. A run without a log has no events.
 * @returns where to go on
 * @throws WhittleError when the log cannot be read or is damaged before its end
 */
export async function readEventChunks(
  run: Run,
  onEvents: (events: readonly RunEvent[]) => void,
  from: LogPosition = LOG_START,
): Promise<LogPosition> {
  const file = eventsPath(run);
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return from;
    }
    throw explainFsError(error, file, "read");
  }
  try {
    let position = from;
    for (let size = CHUNK_BYTES; ; ) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(size), position: position.offset });
      const next = await takeLines(buffer.subarray(0, bytesRead), position, file, onEvents);
      const isEnd = bytesRead < size;
      // A line longer than the piece: read it again in a larger one.
      size = next.offset === position.offset ? size * 2 : CHUNK_BYTES;
      position = next;
      if (isEnd) {
        return position;
      }
    }
  } catch (error) {
    throw explainFsError(error, file, "read");
  } finally {
    await handle.close();
  }
}

async function takeLines(
  bytes: Buffer,
  from: LogPosition,
  file: string,
  onEvents: (events: readonly RunEvent[]) => void,
): Promise<LogPosition> {
  let position = from;
  for (;;) {
    const rest = bytes.subarray(position.offset - from.offset);
    const { events, lines, next } = parseEventLines(rest, position, file, { most: LINES_A_TURN });
    position = next;
    if (events.length > 0) {
      onEvents(events);
    }
    if (lines < LINES_A_TURN) {
      return position;
    }
    await nextTurn();
  }
}
