/** Records and marks of many runs, read again only where a file has changed, so that a list of hundreds stays fast. */
import { stat } from "node:fs";
import { promisify } from "node:util";
import { errorCode, messageOf } from "../../protocol/errors.ts";
import { NO_MARKS, type RunMarks, type RunRecord } from "../../protocol/run.ts";
import { marksPath, type Run, recordPath } from "../files/layout.ts";
import { readMarks } from "./marks.ts";
import { readRecord } from "./record.ts";

export interface StoredRun {
  readonly record: RunRecord;
  readonly marks: RunMarks;
  /** Why the marks could not be read; `marks` are then none. */
  readonly marksProblem?: string;
}

/** Stamp of a file that is not there. */
const NONE = "none";
/** Of hundreds of files: half the cost of the one in node:fs/promises. */
const statFile = promisify(stat);

export class RecordCache {
  readonly #entries = new Map<string, { readonly stamp: string; readonly stored: StoredRun }>();

  /** @throws WhittleError when the record cannot be read */
  async read(run: Run): Promise<StoredRun> {
    // Taken before reading: what changes in between is read again next time.
    const [recordStamp, marksStamp] = await Promise.all([stampOf(recordPath(run)), stampOf(marksPath(run))]);
    const stamp = `${recordStamp} ${marksStamp}`;
    const known = this.#entries.get(run.dir);
    if (known?.stamp === stamp) {
      return known.stored;
    }
    const marks = marksStamp === NONE ? { marks: NO_MARKS } : await readMarksOrProblem(run);
    const stored = { record: await readRecord(run), ...marks };
    this.#entries.set(run.dir, { stamp, stored });
    return stored;
  }

  /** Forgets all others. */
  keepOnly(runs: readonly Run[]): void {
    const dirs = new Set(runs.map((run) => run.dir));
    for (const dir of this.#entries.keys()) {
      if (!dirs.has(dir)) {
        this.#entries.delete(dir);
      }
    }
  }
}

async function readMarksOrProblem(run: Run): Promise<Omit<StoredRun, "record">> {
  try {
    return { marks: await readMarks(run) };
  } catch (error) {
    return { marks: NO_MARKS, marksProblem: messageOf(error) };
  }
}

/** Both files are replaced by renaming, so the inode number tells two versions within one tick of the clock apart. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await statFile(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch (error) {
    // Whatever it is, reading the file finds out and says it.
    return errorCode(error) === "ENOENT" ? NONE : "unreadable";
  }
}
