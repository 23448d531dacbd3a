/** Reading and writing `run.json`. */
import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { RUN_FORMAT, type RunRecord, runRecordSchema } from "../../protocol/run.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { type Run, recordPath } from "../files/layout.ts";

/** Every field may change; `undefined` removes one. */
export type RecordChange = { readonly [K in Exclude<keyof RunRecord, "format" | "id">]?: RunRecord[K] | undefined };

const formatSchema = z.object({ format: z.int() });

/**
 * The file is read at once: a promise's four ways through the thread pool cost eight times as much, and editors read
 * hundreds of these small files, and one of them at every event of a run.
 * @throws WhittleError naming the file when it is missing, damaged, or of a newer Whittle
 */
export async function readRecord(run: Run): Promise<RunRecord> {
  const file = recordPath(run);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR"
      ? new WhittleError(`${run.dir} is not a run: it has no run.json.`, {
          remedy: "Check the id or folder; whittle list shows the runs there are.",
          cause: error,
        })
      : explainFsError(error, file, "read");
  }
  return parseRecord(text, file);
}

function parseRecord(text: string, file: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(file, messageOf(error), error);
  }
  const format = formatSchema.safeParse(json).data?.format;
  if (format !== undefined && format > RUN_FORMAT) {
    throw new WhittleError(`${file} was written by a newer Whittle (format ${format}, this one knows ${RUN_FORMAT}).`, {
      remedy: "Update Whittle to open this run.",
    });
  }
  const parsed = runRecordSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(file, `${issue?.path.join(".") || "run"}: ${issue?.message}`, parsed.error);
  }
  return parsed.data;
}

function damaged(file: string, problem: string, cause: unknown): WhittleError {
  return new WhittleError(`${file} is damaged (${problem}).`, {
    remedy: "Restore it from a backup, or delete the run.",
    cause,
  });
}

/**
 * Changes fields of the stored record; `updatedAt` follows. Readers see the old record or the new one, never a mix. Only
 * for the holder of the run's lock; calls must not overlap.
 */
export async function updateRecord(run: Run, change: RecordChange): Promise<RunRecord> {
  const merged = { ...(await readRecord(run)), updatedAt: new Date().toISOString(), ...change };
  const record = runRecordSchema.parse(merged);
  await writeRecord(run, record);
  return record;
}

export async function writeRecord(run: Run, record: RunRecord): Promise<void> {
  try {
    await writeFileAtomic(recordPath(run), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw explainFsError(error, recordPath(run));
  }
}
