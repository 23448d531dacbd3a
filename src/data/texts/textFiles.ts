/** Files that texts are read from, with errors that name them. */
import { fail, readPlain } from "../files.ts";
import { type JsonObject, objectsOf } from "../jsonLines.ts";
import { decodeUtf8 } from "../lines.ts";
import type { NamePair } from "./namePair.ts";

/** Bytes of text, unpacked, that fit beside what is made of them. */
export const MOST_TEXT_BYTES = 2 ** 28;

/** Of UTF-8, plain or gzip. @throws WhittleError where it is something else, or too much */
export function readWholeText(file: string): string {
  const bytes = readPlain(file);
  if (bytes.length > MOST_TEXT_BYTES) {
    fail(`${file} has ${bytes.length} bytes of text, more than ${MOST_TEXT_BYTES}.`, "Give a part of it.");
  }
  return decodeUtf8(file, bytes);
}

/** An object of a file of JSON Lines that has texts. */
export interface TextObject {
  /** Of the line, from 1. */
  readonly number: number;
  readonly object: JsonObject;
  /** What the two that are wanted are called, in all lines as the first one has it. */
  readonly keys: NamePair;
}

/**
 * What `read` makes of each line.
 * @param meanings what the keys may be called, the first that the file has counts
 * @param sizeOf characters of text
 * @throws WhittleError where there are too many of them; what `read` throws
 */
export async function readTextObjects<T>(
  file: string,
  meanings: readonly NamePair[],
  read: (line: TextObject) => T,
  sizeOf: (made: T) => number,
): Promise<T[]> {
  const all: T[] = [];
  let keys: NamePair | undefined;
  let size = 0;
  for await (const { number, object } of objectsOf(file)) {
    keys ??= meanings.find(({ first, second }) => Object.hasOwn(object, first) && Object.hasOwn(object, second));
    const made = read({ number, object, keys: keys ?? meanings[0] ?? { first: "", second: "" } });
    all.push(made);
    size += sizeOf(made);
    if (size > MOST_TEXT_BYTES) {
      fail(`${file} has more than ${MOST_TEXT_BYTES} characters of text.`, "Give a part of it.");
    }
  }
  return all;
}

/** @throws WhittleError that names the line where it has no such text */
export function textAt(file: string, { number, object }: TextObject, key: string): string {
  if (!Object.hasOwn(object, key)) {
    fail(
      `${file}: line ${number} has no "${key}"; it has ${Object.keys(object).slice(0, 9).join(", ") || "nothing"}.`,
      "Give each line the same keys, and name them behind the #.",
    );
  }
  const text = object[key];
  if (typeof text !== "string") fail(`${file}: "${key}" in line ${number} is no text.`, "Give it as a string.");
  return text;
}
