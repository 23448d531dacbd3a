/** What went wrong in a user's file, in one sentence that says where. */
import { existsSync, realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { errorCode, messageOf, WhittleError } from "../protocol/errors.ts";

/** One line for an error message. */
export function brief(error: unknown): string {
  const message = messageOf(error);
  return errorCode(error) === "MODULE_NOT_FOUND"
    ? (message.split("\n")[0] ?? message)
    : message.replace(/\s*\n\s*/g, " ");
}

export const ensureStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** What the module loader says of a file that it cannot parse; its columns count from 0. */
function readParseError(error: unknown): { message: string; file: string; line: number; column: number } | undefined {
  const match = /^ParseError: ([^\n]*)\n\s*(.*):(\d+):(\d+)/.exec(messageOf(error));
  if (!match) return undefined;
  const [, message = "", file = "", line, column] = match;
  return { message: message.trim(), file, line: Number(line), column: Number(column) + 1 };
}

/** The line of `file`, 1-based, where `error` (or what caused it) was thrown, if it was thrown from there. */
export function lineInFile(error: unknown, file: string): number | undefined {
  // The module loader writes Windows paths with slashes.
  const names = [file, file.replaceAll("\\", "/"), pathToFileURL(file).href];
  if (existsSync(file)) names.push(realpathSync(file));
  for (let each = error; each instanceof Error; each = each.cause) {
    const parse = readParseError(each);
    if (parse && names.includes(parse.file)) return parse.line;
    for (const frame of each.stack?.split("\n") ?? []) {
      const name = names.find((candidate) => frame.includes(`${candidate}:`));
      if (name === undefined) continue;
      const line = /^:(\d+)/.exec(frame.slice(frame.indexOf(`${name}:`) + name.length))?.[1];
      if (line !== undefined) return Number(line);
    }
  }
  return undefined;
}

/** `file:line` where known. */
export const placeOf = (error: unknown, file: string): string => placeAt(file, lineInFile(error, file));

/** @param line from 1 */
export const placeAt = (file: string, line: number | undefined): string =>
  line === undefined ? file : `${file}:${line}`;

const BROWSER_GLOBAL =
  /^(document|window|navigator|localStorage|self|HTML\w+|XMLHttpRequest|Image|alert) is not defined$/;

/** An import was not found. */
export const isMissing = (error: unknown): boolean => /^(ERR_)?MODULE_NOT_FOUND$/.test(errorCode(error) ?? "");
const MISSING_REMEDY = "Correct the import, or install the package beside the model file.";

/** How to go on after an error that comes from the file's own code. */
export function remedyFor(error: unknown): string {
  if (isMissing(error)) return MISSING_REMEDY;
  return BROWSER_GLOBAL.test(messageOf(error))
    ? "It needs a browser there: put what makes the model into a file of its own, which this one imports."
    : "Correct the model file: the error comes from its own code.";
}

export function explainLoadError(error: unknown, file: string): WhittleError {
  if (error instanceof WhittleError) return error;
  const parse = readParseError(error);
  if (parse) {
    return new WhittleError(`${parse.file}:${parse.line}:${parse.column}: ${ensureStop(parse.message)}`, {
      remedy: "Correct the syntax of the file.",
      cause: error,
    });
  }
  if (isMissing(error)) {
    return new WhittleError(`${file} imports what cannot be found: ${ensureStop(brief(error))}`, {
      remedy: MISSING_REMEDY,
      cause: error,
    });
  }
  return new WhittleError(`${placeOf(error, file)} failed while it was loaded: ${ensureStop(brief(error))}`, {
    remedy: remedyFor(error),
    cause: error,
  });
}
