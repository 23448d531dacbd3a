/** Reading of data files, with errors that name them. */
import { closeSync, createReadStream, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { messageOf, WhittleError } from "../protocol/errors.ts";

/** Bytes, unpacked; more does not fit beside what is made of it. */
export const MOST_BYTES = 2 ** 31 - 1;

export const AGAIN_REMEDY = "Copy or download the file again.";

export function fail(message: string, remedy: string, cause?: unknown): never {
  throw new WhittleError(message, { remedy, cause });
}

/**
 * @param path as the user wrote it; relative to the working directory
 * @param usages what to write, e.g. `npz:FILE`
 * @returns the whole path
 * @throws WhittleError where there is nothing
 */
export function findFile(path: string, ...usages: readonly string[]): string {
  const file = resolve(path);
  if (!existsSync(file)) fail(`The data file ${file} does not exist.`, `Check the path: ${usages.join(", or ")}.`);
  return file;
}

/** As `findFile`. @param of what it holds, e.g. `IDX files` @param remedy which files those are */
export function findFolder(path: string, of: string, remedy: string): string {
  const folder = resolve(path);
  if (!existsSync(folder)) fail(`The data folder ${folder} does not exist.`, remedy);
  if (!statSync(folder).isDirectory()) fail(`${folder} is a file, expected a folder of ${of}.`, remedy);
  return folder;
}

/** The bytes of a file, unpacked where they are gzip, which is told by content and not by name. */
export function readPlain(file: string): Buffer {
  const bytes = readBytes(file, MOST_BYTES);
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    refuseGzip(file, error);
  }
}

/** As `readPlain`, but piece by piece: a file of any size takes little memory. */
export async function* readPieces(file: string): AsyncGenerator<Buffer> {
  const isPacked = isGzip(readStart(file, 2));
  const bytes = createReadStream(file);
  // What goes wrong arrives where the pieces are read.
  const pieces = isPacked ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
  try {
    for await (const piece of pieces) yield piece as Buffer;
  } catch (error) {
    if (isPacked) refuseGzip(file, error);
    refuseFile(file, error);
  }
}

/** The bytes of a file as they are. @throws WhittleError where there are more than `most` */
export function readBytes(file: string, most: number): Buffer {
  try {
    const { size } = statSync(file);
    if (size > most)
      fail(`${file} has ${size} bytes, more than ${most} that can be read.`, "Cut it into smaller files.");
    return readFileSync(file);
  } catch (error) {
    if (error instanceof WhittleError) throw error;
    refuseFile(file, error);
  }
}

/** The first bytes of a file, at most `length`. */
export function readStart(file: string, length: number): Buffer {
  try {
    const handle = openSync(file, "r");
    try {
      const start = Buffer.alloc(length);
      return start.subarray(0, readSync(handle, start));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    refuseFile(file, error);
  }
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export function refuseFile(file: string, error: unknown): never {
  fail(`Could not read ${file}: ${messageOf(error)}.`, "Check that it is a file that you may read.", error);
}

function refuseGzip(file: string, error: unknown): never {
  fail(`${file} is gzip, but cut off or damaged, or too large (${messageOf(error)}).`, AGAIN_REMEDY, error);
}

/** `FILE#PART`. A `#` may also be part of the file's name: the file that exists wins. */
export function splitAtHash(text: string): { readonly file: string; readonly part?: string } {
  const hash = text.lastIndexOf("#");
  return hash <= 0 || existsSync(text) ? { file: text } : { file: text.slice(0, hash), part: text.slice(hash + 1) };
}
