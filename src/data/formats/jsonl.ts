/**
 * JSON Lines, plain or gzip: `jsonl:FILE` or `jsonl:FILE#TARGET`. Each line is an object with the same keys, which are the columns of a
 * table: numbers, truth values, words, or one feature of nested arrays of equal shape. https://jsonlines.org
 */
import { TextDecoder } from "node:util";
import { messageOf } from "../../protocol/errors.ts";
import { AGAIN_REMEDY, fail, findFile, readPieces, splitAtHash } from "../files.ts";
import type { DataSet } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { type Column, checkTableSize, openTable } from "./table.ts";
import { TypedColumn } from "./typedColumn.ts";

/** Bytes; what is read of it takes some ten times as much for a moment. */
const LONGEST_LINE = 2 ** 24;
const NEWLINE = 10;
const LINES_REMEDY = 'Write one object a line, such as {"size": 1.5, "colour": "red", "label": 0}, without NaN.';

export const jsonl: DataFormat = { name: "jsonl", takes: "FILE[#TARGET]", open: openJsonl };

interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** @param rest as the user wrote it; the file relative to the working directory */
export async function openJsonl(rest: string, options: OpenOptions): Promise<DataSet> {
  const { file: path, part: wanted } = splitAtHash(rest);
  const file = findFile(path, "jsonl:FILE", "jsonl:FILE#TARGET");
  return openTable({ spec: `jsonl:${rest}`, file, columns: await readColumns(file) }, wanted, options);
}

async function readColumns(file: string): Promise<readonly Column[]> {
  const columns = new Map<string, TypedColumn>();
  let [rows, width] = [0, 0];
  for await (const { number, text } of linesOf(file)) {
    const object = parseObject(file, number, text);
    const keys = Object.keys(object);
    if (rows === 0) for (const key of keys) columns.set(key, new TypedColumn(file, key, "line"));
    if (keys.length !== columns.size || keys.some((key) => !columns.has(key))) {
      fail(
        `${file}: line ${number} has other keys (${keys.slice(0, 9).join(", ")}) than the first (${[...columns.keys()].slice(0, 9).join(", ")}).`,
        "Give each line the same keys.",
      );
    }
    for (const key of keys) columns.get(key)?.add(object[key], number);
    rows += 1;
    if (rows === 1) width = [...columns.values()].reduce((sum, column) => sum + column.width, 0);
    checkTableSize(file, rows, width);
  }
  if (columns.size === 0) fail(`${file} has no examples.`, LINES_REMEDY);
  return [...columns.values()].map((column) => column.finish());
}

function parseObject(file: string, line: number, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail(`${file}: line ${line} is no JSON, or cut off (${messageOf(error)}).`, LINES_REMEDY, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(`${file}: line ${line} is no object.`, LINES_REMEDY);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** All lines but empty ones. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const line = (number: number, bytes: Uint8Array): Line => {
    try {
      return { number, text: decoder.decode(bytes).trim() };
    } catch (error) {
      fail(
        `${file}: line ${number} is no text in UTF-8.`,
        `Save it as UTF-8, or plain or gzip. ${AGAIN_REMEDY}`,
        error,
      );
    }
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
      const found = line(number, begun.length === 0 ? own : Buffer.concat([...begun, own]));
      if (found.text !== "") yield found;
      number += 1;
      from = end + 1;
      begun = [];
      length = 0;
    }
    check(piece.length - from);
    begun.push(piece.subarray(from));
  }
  const last = line(number, Buffer.concat(begun));
  if (last.text !== "") yield last;
}
