/** From the bytes of `events.jsonl` to events, for the whole-file reader, the follower and the writer alike. */
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { type RunEvent, runEventSchema } from "../protocol/events.ts";
import { parseStepLine } from "./stepLine.ts";

/** A place between two lines of the log. */
export interface LogPosition {
  /** Bytes before it. */
  readonly offset: number;
  /** Lines before it; also the number of the last event before it. */
  readonly seq: number;
}

export const LOG_START: LogPosition = { offset: 0, seq: 0 };

const NEWLINE = 0x0a;
/** One for all lines: each is decoded whole, so nothing is left in it. */
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The events in `bytes`, which follow `from` in `file`. What comes after the last newline is still being written, or was
 * torn by a crash, and a last line that is no event was torn too: both are left out, and `next` stands before them.
 * @param most lines to read; fewer events than that are returned at the end of `bytes` only
 * @throws WhittleError naming the line when one that others follow is no event
 */
export function parseEventLines(
  bytes: Uint8Array,
  from: LogPosition,
  file: string,
  most = Number.POSITIVE_INFINITY,
): { readonly events: RunEvent[]; readonly next: LogPosition } {
  const events: RunEvent[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1 && events.length < most; end = bytes.indexOf(NEWLINE, begin)) {
    const line = parseLine(bytes.subarray(begin, end), from.seq + events.length + 1);
    if ("problem" in line) {
      if (bytes.indexOf(NEWLINE, end + 1) !== -1) {
        throw brokenLine(file, from.seq + events.length + 1, line.problem);
      }
      break;
    }
    events.push(line.event);
    begin = end + 1;
  }
  return { events, next: { offset: from.offset + begin, seq: from.seq + events.length } };
}

function parseLine(bytes: Uint8Array, seq: number): { event: RunEvent } | { problem: string } {
  let json: unknown;
  try {
    // The whole line at once, so no character can be cut in its middle.
    const line = decoder.decode(bytes);
    const step = parseStepLine(line);
    if (step?.seq === seq) {
      return { event: step };
    }
    json = JSON.parse(line);
  } catch (error) {
    return { problem: messageOf(error) };
  }
  const parsed = runEventSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { problem: issue === undefined ? "unknown form" : [issue.path.join("."), issue.message].join(": ") };
  }
  return parsed.data.seq === seq
    ? { event: parsed.data }
    : { problem: `its number is ${parsed.data.seq} and should be ${seq}` };
}

function brokenLine(file: string, line: number, problem: string): WhittleError {
  return new WhittleError(`Line ${line} of ${file} is not an event that this Whittle knows (${problem}).`, {
    remedy: "If a newer Whittle wrote it, update Whittle; else restore the file from a backup, or delete the run.",
  });
}

/**
 * Drops events that were lost to a crash and happened again: those between a `resumed` event and the event it names.
 * For lists; works on a snapshot with later events appended as well.
 */
export function foldResumed(events: readonly RunEvent[]): RunEvent[] {
  const kept: RunEvent[] = [];
  for (const event of events) {
    if (event.type === "resumed") {
      while ((kept.at(-1)?.seq ?? 0) > event.after) {
        kept.pop();
      }
    }
    kept.push(event);
  }
  return kept;
}
