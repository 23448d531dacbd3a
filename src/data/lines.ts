/** Files of text line by line, plain or gzip. */
import { TextDecoder } from "node:util";
import { AGAIN_REMEDY, fail, readPieces } from "./files.ts";

/** Bytes; what is read of it takes some ten times as much for a moment. */
const LONGEST_LINE = 2 ** 24;
const NEWLINE = 10;
const BYTE_ORDER_MARK = "\uFEFF";

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end, and without a byte order mark at the beginning of the file. */
  readonly text: string;
}

/** @throws WhittleError that names file and line where it is no text in UTF-8 */
export function decodeUtf8(file: string, bytes: Uint8Array, line = 1): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    fail(
      `${file}: line ${line + breaksBefore(bytes)} is no text in UTF-8.`,
      `Save it as UTF-8, plain or gzip. ${AGAIN_REMEDY}`,
      error,
    );
  }
}

/** Ends of lines before what is no UTF-8: a line is none on its own, since no character has such a byte within. */
function breaksBefore(bytes: Uint8Array): number {
  let [breaks, from] = [0, 0];
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(from, end));
    } catch {
      // This is the one.
      return breaks;
    }
    breaks += 1;
    from = end + 1;
  }
  return breaks;
}

export const withoutMark = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);

/** All lines, of whatever kind their ends are; behind the last end there is none where nothing stands. */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  const line = (number: number, bytes: Uint8Array): Line => {
    const text = decodeUtf8(file, bytes, number);
    const whole = number === 1 ? withoutMark(text) : text;
    return { number, text: whole.endsWith("\r") ? whole.slice(0, -1) : whole };
  };
  let number = 1;
  /** The beginning of a line that goes on in the next piece. */
  let begun: Buffer[] = [];
  let length = 0;
  const check = (more: number): void => {
    length += more;
    if (length > LONGEST_LINE) {
      fail(`${file}: line ${number} is longer than ${LONGEST_LINE} bytes.`, "Write one example a line.");
    }
  };
  for await (const piece of readPieces(file)) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      check(end - from);
      const own = piece.subarray(from, end);
      yield line(number, begun.length === 0 ? own : Buffer.concat([...begun, own]));
      number += 1;
      from = end + 1;
      begun = [];
      length = 0;
    }
    check(piece.length - from);
    begun.push(piece.subarray(from));
  }
  if (length > 0) yield line(number, Buffer.concat(begun));
}
