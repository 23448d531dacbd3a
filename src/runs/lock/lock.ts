/**
 * One writer per run. `<run>/lock/` holds numbered folders; whoever made the one with the highest number has the lock,
 * as long as that process lives and has not renamed `holder.json` to `released.json`. Taking over means making the next
 * number: renaming a finished folder to it is atomic and fails if somebody was faster. The highest folder is never
 * deleted, so a slow process that acts on an old view makes a number that is not the highest, sees that, and backs off.
 *
 * Written here because a lock left by kill -9 must be taken over at once and safely by racing processes: proper-lockfile
 * (last release 2021) waits for seconds until it calls a lock stale, and Node has no flock. A folder and not a linked
 * file, since some file systems have no hard links.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { errorCode, WhittleError } from "../../protocol/errors.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { lockPath, type Run } from "../files/layout.ts";
import { identifyProcess, isAlive } from "./processes.ts";

const holderSchema = z.object({
  pid: z.int(),
  start: z.string(),
  host: z.string(),
  control: z.string(),
  shared: z.boolean().default(false),
});

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Whether it runs on this machine. */
  readonly local: boolean;
  /** Always true for a process on another machine: it cannot be asked. */
  readonly alive: boolean;
  /** Start of the process, as in `ProcessIdentity`. */
  readonly start: string;
  /** Its control socket: `controlPath` as the holder computed it (another shell may have another temporary folder). */
  readonly control: string;
  /** The process does other work as well: it may be asked, but never be ended for the sake of the run. */
  readonly shared: boolean;
}

export interface RunLock {
  /** Safe to call twice, and after the run's folder is gone. */
  release(): void;
}

const MOST_TRIES = 50;

/** @throws WhittleError when another live process (or one on another machine) has the lock, or the folder is unwritable */
export async function acquireRunLock(run: Run, options: { readonly shared?: boolean } = {}): Promise<RunLock> {
  const folder = lockPath(run);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const last = highestNumber(folder);
    const holder = last === 0 ? undefined : readHolder(folder, last);
    if (holder?.alive) {
      throw heldError(run, holder);
    }
    try {
      if (takeNumber(run, last + 1, options.shared ?? false)) {
        return lockOf(join(folder, String(last + 1)));
      }
    } catch (error) {
      // ENOENT: the winner of a race swept away the folder that was being prepared. Any other error is a real one.
      if (errorCode(error) !== "ENOENT" || attempt === MOST_TRIES - 1) {
        throw explainFsError(error, folder);
      }
    }
  }
  throw new WhittleError(`Could not lock ${folder}: other processes kept taking it.`, {
    remedy: `Stop the other training processes of run ${run.id}, then try again.`,
  });
}

/** Who has the lock, alive or not; undefined if nobody, or it was given back. */
export function readLockHolder(run: Run): LockHolder | undefined {
  const last = highestNumber(lockPath(run));
  return last === 0 ? undefined : readHolder(lockPath(run), last);
}

/** Whether a training process ever took this run. */
export function wasEverLocked(run: Run): boolean {
  return highestNumber(lockPath(run)) > 0;
}

/** Longest path of a Unix socket that every system takes, in bytes (104 on macOS with its closing zero). */
const LONGEST_SOCKET_PATH = 100;

/** The control socket (named pipe on Windows) of a run that this process trains. Clients read it from the lock. */
export function controlPath(run: Run): string {
  const key = createHash("sha256").update(realpathSync(run.dir)).digest("hex").slice(0, 20);
  if (process.platform === "win32") {
    return `\\\\.\\pipe\\whittle-${key}`;
  }
  const name = `whittle-${userInfo().uid}-${key}.sock`;
  const wished = join(process.env["XDG_RUNTIME_DIR"] || tmpdir(), name);
  return Buffer.byteLength(wished) <= LONGEST_SOCKET_PATH ? wished : join("/tmp", name);
}

/** @returns false when somebody else has this number or a higher one */
function takeNumber(run: Run, number: number, shared: boolean): boolean {
  const folder = lockPath(run);
  const target = join(folder, String(number));
  const prepared = join(folder, `new-${process.pid}-${randomBytes(6).toString("hex")}`);
  const holder = { ...identifyProcess(process.pid), host: hostname(), control: controlPath(run), shared };
  mkdirSync(prepared, { recursive: true });
  try {
    writeFileSync(join(prepared, "holder.json"), `${JSON.stringify(holder)}\n`);
    renameSync(prepared, target);
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    if (highestNumber(folder) >= number) {
      return false;
    }
    throw error;
  }
  if (highestNumber(folder) > number) {
    rmSync(target, { recursive: true, force: true });
    return false;
  }
  sweep(folder, number);
  return true;
}

/** Deletes what is below `number`. A process that is late may be busy there: the next to take the lock sweeps again. */
function sweep(folder: string, number: number): void {
  for (const name of readdirSync(folder)) {
    if (name !== String(number) && !(Number(name) > number)) {
      try {
        rmSync(join(folder, name), { recursive: true, force: true });
      } catch (error) {
        if (!["ENOTEMPTY", "EBUSY", "EPERM"].includes(errorCode(error) ?? "")) {
          throw error;
        }
      }
    }
  }
}

function lockOf(folder: string): RunLock {
  let released = false;
  return {
    release() {
      if (released) {
        return;
      }
      released = true;
      try {
        renameSync(join(folder, "holder.json"), join(folder, "released.json"));
      } catch (error) {
        if (errorCode(error) !== "ENOENT") {
          throw explainFsError(error, folder);
        }
      }
    },
  };
}

/** 0 if there is none. */
function highestNumber(folder: string): number {
  try {
    return Math.max(
      0,
      ...readdirSync(folder)
        .filter((name) => /^\d+$/.test(name))
        .map(Number),
    );
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return 0;
    }
    throw explainFsError(error, folder, "read");
  }
}

function readHolder(folder: string, number: number): LockHolder | undefined {
  const file = join(folder, String(number), "holder.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw explainFsError(error, file, "read");
  }
  const holder = parseHolder(text);
  if (holder === undefined) {
    // The rename makes a half-written file impossible, except for a machine that lost power: its processes are gone too.
    return undefined;
  }
  const local = holder.host === hostname();
  return { ...holder, local, alive: !local || isAlive(holder) };
}

function parseHolder(text: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function heldError(run: Run, holder: LockHolder): WhittleError {
  return holder.local
    ? new WhittleError(`Run ${run.id} is already being trained by process ${holder.pid}.`, {
        remedy: `Wait for it, or stop it first: whittle stop ${run.id}`,
      })
    : new WhittleError(
        `Run ${run.id} is being trained by process ${holder.pid} on ${holder.host}, which cannot be asked from here.`,
        { remedy: `Stop it there. If that process is gone for good, delete ${lockPath(run)} and try again.` },
      );
}
