/** JSON Lines, plain or gzip: an object in each line. https://jsonlines.org */
import { messageOf } from "../protocol/errors.ts";
import { fail } from "./files.ts";
import { linesOf } from "./lines.ts";

export const LINES_REMEDY = 'Write one object a line, such as {"size": 1.5, "colour": "red", "label": 0}, without NaN.';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Of all lines but empty ones. @throws WhittleError that names file and line */
export async function* objectsOf(
  file: string,
): AsyncGenerator<{ readonly number: number; readonly object: JsonObject }> {
  for await (const { number, text } of linesOf(file)) {
    const own = text.trim();
    if (own !== "") yield { number, object: parseObject(file, number, own) };
  }
}

function parseObject(file: string, line: number, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail(`${file}: line ${line} is no JSON, or cut off (${messageOf(error)}).`, LINES_REMEDY, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(`${file}: line ${line} is no object.`, LINES_REMEDY);
  }
  return value as JsonObject;
}
