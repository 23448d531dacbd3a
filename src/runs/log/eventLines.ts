/** From the bytes of `events.jsonl` to events, for the whole-file reader, the follower and the writer alike. */
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { type RunEvent, runEventSchema } from "../../protocol/events.ts";
import { isStepLine, parseStepLine } from "./stepLine.ts";

/** A place between two lines of the log. */
export interface LogPosition {
  /** Bytes before it. */
  readonly offset: number;
  /** Lines before it; also the number of the last event before it. */
  readonly seq: number;
}

export const LOG_START: LogPosition = { offset: 0, seq: 0 };

const NEWLINE = 0x0a;
/**
 * Which `step` events are wanted: `latest` leaves out those that another one follows at once. Of ten lines in a long log
 * nine are such, and most readers want to know no more of them than where the last one was.
 */
export type WantedSteps = "all" | "latest";

export interface ReadLines {
  readonly events: RunEvent[];
  /** Read, those included whose events were not wanted. */
  readonly lines: number;
  readonly next: LogPosition;
}

/** One for all lines: each is decoded whole, so nothing is left in it. */
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The events in `bytes`, which follow `from` in `file`. What comes after the last newline is still being written, or was
 * torn by a crash, and a last line that is no event was torn too: both are left out, and `next` stands before them.
 * @param options.most lines to read; fewer are read at the end of `bytes` only
 * @throws WhittleError naming the line when one that others follow is no event
 */
export function parseEventLines(
  bytes: Buffer,
  from: LogPosition,
  file: string,
  options: { readonly most?: number; readonly steps?: WantedSteps } = {},
): ReadLines {
  const { most = Number.POSITIVE_INFINITY, steps = "all" } = options;
  const events: RunEvent[] = [];
  /** A step that is wanted if no other follows it. */
  let waiting: string | undefined;
  const takeWaiting = (): void => {
    const step = waiting === undefined ? undefined : parseStepLine(waiting);
    if (step !== undefined) {
      events.push(step);
    }
    waiting = undefined;
  };
  let lines = 0;
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1 && lines < most; end = bytes.indexOf(NEWLINE, begin)) {
    const seq = from.seq + lines + 1;
    // Nothing but ASCII has the form of a step: as Latin-1 it is read in a fraction of the time.
    const text = bytes.toString("latin1", begin, end);
    if (steps === "latest" && isStepLine(text, seq)) {
      waiting = text;
    } else {
      takeWaiting();
      const step = parseStepLine(text);
      const line = step?.seq === seq ? { event: step } : parseLine(bytes.subarray(begin, end), seq);
      if ("problem" in line) {
        if (bytes.indexOf(NEWLINE, end + 1) !== -1) {
          throw brokenLine(file, seq, line.problem);
        }
        break;
      }
      events.push(line.event);
    }
    lines += 1;
    begin = end + 1;
  }
  takeWaiting();
  return { events, lines, next: { offset: from.offset + begin, seq: from.seq + lines } };
}

function parseLine(bytes: Uint8Array, seq: number): { event: RunEvent } | { problem: string } {
  let json: unknown;
  try {
    // The whole line at once, so no character can be cut in its middle.
    json = JSON.parse(decoder.decode(bytes));
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
