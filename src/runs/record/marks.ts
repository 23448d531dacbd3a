/** Reading and writing `marks.json`, the one file of a run folder that is not the training process's. */
import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { MARKS_FORMAT, NO_MARKS, type RunMarks, runMarksSchema } from "../../protocol/run.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { cleanLine, marksPath, type Run } from "../files/layout.ts";

/** What is left out stays; an empty name takes the user's name away, and the record's shows again. */
export interface MarksChange {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly pinned?: boolean;
}

/** Read at once, as the record is. @throws WhittleError naming the file when it is damaged or of a newer Whittle */
export async function readMarks(run: Run): Promise<RunMarks> {
  const file = marksPath(run);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return NO_MARKS;
    }
    throw explainFsError(error, file, "read");
  }
  try {
    return runMarksSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new WhittleError(`${file} holds no marks that this Whittle knows (${messageOf(error).slice(0, 200)}).`, {
      remedy: "Delete that file to begin with none; the run itself is not touched by it.",
      cause: error,
    });
  }
}

/** Each once, on one line, without the `#` that people write before it; what is empty then is left out. */
export function cleanTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => cleanLine(tag.trim().replace(/^#/, ""))).filter((tag) => tag !== ""))];
}

/** Names and tags are cleaned as names of runs are, each tag is kept once. @throws WhittleError when it cannot be written */
export async function updateMarks(run: Run, change: MarksChange): Promise<RunMarks> {
  const before = await readMarks(run);
  const name = cleanLine(change.name ?? before.name ?? "");
  const marks: RunMarks = {
    format: MARKS_FORMAT,
    ...(name === "" ? {} : { name }),
    tags: cleanTags(change.tags ?? before.tags),
    pinned: change.pinned ?? before.pinned,
  };
  try {
    await writeFileAtomic(marksPath(run), `${JSON.stringify(marks, null, 2)}\n`);
  } catch (error) {
    throw explainFsError(error, marksPath(run));
  }
  return marks;
}
