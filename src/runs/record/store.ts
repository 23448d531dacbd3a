/** The runs in a runs folder: create, open, find, list, delete, and what state they are in. */
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errorCode, messageOf, usageError, WhittleError } from "../../protocol/errors.ts";
import {
  LIVE_STATES,
  RUN_FORMAT,
  type RunMarks,
  type RunPlan,
  type RunRecord,
  type RunState,
  runPlanSchema,
} from "../../protocol/run.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { cleanName, eventsPath, isInside, makeRunId, type Run, recordPath } from "../files/layout.ts";
import { acquireRunLock, readLockHolder, wasEverLocked } from "../lock/lock.ts";
import { readRecord, updateRecord, writeRecord } from "./record.ts";
import { RecordCache } from "./recordCache.ts";

export type { Run } from "../files/layout.ts";
export { readRecord, updateRecord } from "./record.ts";

export interface RunStatus {
  readonly record: RunRecord;
  readonly state: RunState;
}

/** One line of a list. A folder that cannot be read is listed too, so that it can be repaired or deleted. */
export type RunOverview = ReadableRun | { readonly run: Run; readonly problem: string };

export interface ReadableRun extends RunStatus {
  readonly run: Run;
  readonly marks: RunMarks;
  /** The user's name for it, else the record's. */
  readonly name: string;
  /** Why the marks could not be read. */
  readonly marksProblem?: string;
}

/** How long a run that no process has taken yet counts as starting: loading the training program takes a second or two. */
const STARTING_MS = 30_000;
const MOST_TRIES = 20;

/**
 * Makes the folder of a new run with its record. The folder appears whole or not at all.
 * @throws WhittleError when the runs folder cannot be written
 */
export async function createRun(
  runsDir: string,
  plan: RunPlan,
  name: string,
  state: "starting" | "queued" = "starting",
): Promise<Run> {
  const time = new Date();
  const checkedPlan = runPlanSchema.parse(plan);
  for (let attempt = 1; ; attempt += 1) {
    const id = makeRunId(time, name, randomSuffix());
    const run = { dir: join(resolve(runsDir), id), id };
    // The point hides it from lists until it is whole.
    const hidden = { dir: join(resolve(runsDir), `.new-${id}`), id };
    const now = time.toISOString();
    try {
      await mkdir(hidden.dir, { recursive: true });
      await writeRecord(hidden, {
        format: RUN_FORMAT,
        id,
        name: cleanName(name),
        createdAt: now,
        updatedAt: now,
        state,
        plan: checkedPlan,
      });
      await rename(hidden.dir, run.dir);
      return run;
    } catch (error) {
      if (existsSync(hidden.dir)) {
        await rm(hidden.dir, { recursive: true, force: true });
      }
      if (!existsSync(run.dir) || attempt === MOST_TRIES) {
        throw explainFsError(error, runsDir);
      }
    }
  }
}

/** @throws WhittleError when `dir` is no readable run */
export async function openRun(dir: string): Promise<Run> {
  const whole = resolve(dir);
  const run = { dir: whole, id: basename(whole) };
  await readRecord(run);
  return run;
}

/**
 * Newest first; empty where the folder is not there. Never throws for the sake of one run.
 * @param cache of the list before, for who lists the same folder again and again
 */
export async function listRuns(runsDir: string, cache = new RecordCache()): Promise<readonly RunOverview[]> {
  const runs = await runFolders(runsDir);
  cache.keepOnly(runs);
  return Promise.all(
    runs.map(async (run): Promise<RunOverview> => {
      try {
        const stored = await cache.read(run);
        const status = await statusOf(run, stored.record);
        return { run, ...stored, ...status, name: stored.marks.name ?? status.record.name };
      } catch (error) {
        return { run, problem: messageOf(error) };
      }
    }),
  );
}

/**
 * By id, by the beginning of one id, by the four characters that end it, or by the name that runs are listed with. By id
 * runs are found whose record is damaged, too.
 * @throws WhittleError (usage) when none or several fit
 */
export async function findRun(runsDir: string, idOrPrefix: string): Promise<Run> {
  const runs = await runFolders(runsDir);
  const exact = runs.find((run) => run.id === idOrPrefix);
  if (exact !== undefined) {
    return exact;
  }
  const fitting = runs.filter(
    (run) => idOrPrefix !== "" && (run.id.startsWith(idOrPrefix) || run.id.endsWith(`-${idOrPrefix}`)),
  );
  const [first, second] = fitting;
  if (first !== undefined && second === undefined) {
    return first;
  }
  const named = first === undefined ? await findNamed(runsDir, idOrPrefix) : [];
  const [only, another] = named;
  if (only !== undefined && another === undefined) {
    return only;
  }
  if (only !== undefined) {
    throw usageError(
      `${named.length} runs are called ${JSON.stringify(idOrPrefix)}: ${named.map((run) => run.id).join(", ")}.`,
      "Give an id.",
    );
  }
  throw first === undefined
    ? usageError(
        `No run in ${runsDir} is called ${JSON.stringify(idOrPrefix)}.`,
        "whittle list shows the runs there are.",
      )
    : usageError(
        `${JSON.stringify(idOrPrefix)} fits ${fitting.length} runs: ${fitting.map((run) => run.id).join(", ")}.`,
        "Give more of the id.",
      );
}

async function findNamed(runsDir: string, name: string): Promise<readonly Run[]> {
  const listed = await listRuns(runsDir);
  return listed.flatMap((one) => ("problem" in one || one.name !== name ? [] : [one.run]));
}

/** @throws WhittleError when the run is being trained, or is no run at all */
export async function deleteRun(run: Run): Promise<void> {
  const parent = dirname(run.dir);
  if (!isInside(parent, run.dir) || basename(run.dir) !== run.id || !looksLikeRun(run)) {
    throw new WhittleError(`${run.dir} is not the folder of a run, so it is not deleted.`, {
      remedy: "Delete it by hand if it is not needed.",
    });
  }
  // Held to the end, so that no training process starts in a folder that is on its way out.
  const lock = await acquireRunLock(run);
  const hidden = join(parent, `.deleted-${run.id}`);
  try {
    await rm(hidden, { recursive: true, force: true });
    await rename(run.dir, hidden);
    await rm(hidden, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw explainFsError(error, run.dir, "delete");
  } finally {
    lock.release();
  }
}

/** Writes the state of a run that nobody trains. @throws WhittleError when somebody does */
export async function setAside(run: Run, state: "queued" | "stopped"): Promise<void> {
  const lock = await acquireRunLock(run);
  try {
    await updateRecord(run, { state });
  } finally {
    lock.release();
  }
}

/** The record and the state it stands for, read so that both fit together. */
export async function readStatus(run: Run): Promise<RunStatus> {
  return statusOf(run, await readRecord(run));
}

/**
 * The stored state, except that a live state with no live process is `interrupted`, and a queued run that a process has
 * just taken is `starting`. A new run that no process has taken yet is believed to be starting for half a minute.
 */
export async function currentState(run: Run, record: RunRecord): Promise<RunState> {
  return (await statusOf(run, record)).state;
}

async function statusOf(run: Run, record: RunRecord): Promise<RunStatus> {
  if (record.state === "queued") {
    return { record, state: readLockHolder(run)?.alive ? "starting" : "queued" };
  }
  if (!LIVE_STATES.has(record.state) || readLockHolder(run)?.alive) {
    return { record, state: record.state };
  }
  const age = Date.now() - Date.parse(record.updatedAt);
  if (record.state === "starting" && age < STARTING_MS && !wasEverLocked(run)) {
    return { record, state: "starting" };
  }
  // The process may have written its end after `record` was read and before the lock was looked at.
  const fresh = await readRecord(run);
  return fresh.updatedAt === record.updatedAt ? { record, state: "interrupted" } : statusOf(run, fresh);
}

function looksLikeRun(run: Run): boolean {
  return existsSync(recordPath(run)) || existsSync(eventsPath(run));
}

/** Folders only, no links: nothing that is listed here lies outside of `runsDir`. */
async function runFolders(runsDir: string): Promise<Run[]> {
  const folder = resolve(runsDir);
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => ({ dir: join(folder, entry.name), id: entry.name }))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return [];
    }
    throw explainFsError(error, folder, "read");
  }
}

function randomSuffix(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, "0");
}
