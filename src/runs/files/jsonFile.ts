/** Files of a run that hold one JSON document, written as a whole. */
import { readFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import type { z } from "zod";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { explainFsError } from "./fsErrors.ts";

/** @throws WhittleError when it cannot be written */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  try {
    await writeFileAtomic(file, `${JSON.stringify(value)}\n`);
  } catch (error) {
    throw explainFsError(error, file);
  }
}

/**
 * @param what it holds, in the plural, for messages
 * @returns undefined where there is no such file
 * @throws WhittleError naming the file when it is damaged
 */
export async function readJsonFile<T>(file: string, schema: z.ZodType<T>, what: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw explainFsError(error, file, "read");
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new WhittleError(`${file} holds no ${what} that this Whittle knows (${messageOf(error).slice(0, 200)}).`, {
      remedy: "Run the model again to have them; nothing else of the run is touched by it.",
      cause: error,
    });
  }
}
