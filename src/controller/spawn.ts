/** Starting the training program on a run's folder, in a process that lives on without us. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { WhittleError } from "../protocol/errors.ts";
import { explainFsError } from "../runs/files/fsErrors.ts";
import { type Run, trainerLogPath } from "../runs/files/layout.ts";

/**
 * Settings of glibc's allocator, ignored elsewhere. libtensorflow gives each operation's result back at once; by default
 * glibc then returns such blocks to the system, and every step pays for mapping them again: the update of LeNet-300-100
 * takes 4 to 5 times as long. Read when a process starts, so it cannot set them for itself.
 */
const ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: "1073741824",
  MALLOC_TRIM_THRESHOLD_: "1073741824",
  MALLOC_TOP_PAD_: "67108864",
};

export interface SpawnOptions {
  /** The program, e.g. `dist/trainer.cjs`. */
  readonly trainerFile: string;
  /** In a process group of its own: signals of the terminal and the end of this process do not reach it. */
  readonly detached: boolean;
  /** Variables to add to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Folder in which Node keeps the program as it has compiled it (from Node 22 on), so that the next process need not: an
   * eighth of a second for the training program. None if left out.
   */
  readonly compileCache?: string;
  /** Options of Node itself, before the program. */
  readonly nodeArgs?: readonly string[];
}

export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TrainerProcess {
  readonly pid: number;
  readonly exited: Promise<TrainerExit>;
  /** It is this very process. */
  readonly isHosted: boolean;
}

/**
 * Runs `<this runtime> <trainerFile> <run.dir>`; its standard output and standard error go to the end of the run's
 * `trainer.log`.
 * @throws WhittleError when the log cannot be written or the process cannot be made
 */
export function spawnTrainer(run: Run, options: SpawnOptions): TrainerProcess {
  const log = openLog(trainerLogPath(run));
  const compileCache = options.compileCache === undefined ? {} : { NODE_COMPILE_CACHE: options.compileCache };
  try {
    const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.trainerFile, run.dir], {
      detached: options.detached,
      stdio: ["ignore", log, log],
      windowsHide: true,
      // In VS Code this runtime is Electron; the variable makes it Node, and plain Node ignores it.
      env: { ...ALLOCATOR, ...compileCache, ...process.env, ...options.env, ELECTRON_RUN_AS_NODE: "1" },
    });
    const exited = waitForExit(child);
    if (child.pid === undefined) {
      writeSync(log, `Could not start ${process.execPath}.\n`);
      throw new WhittleError(`Could not start a training process with ${process.execPath}.`, {
        remedy: "Check that this program is there and may be run, and that the system allows more processes.",
      });
    }
    if (options.detached) {
      child.unref();
    }
    return { pid: child.pid, exited, isHosted: false };
  } finally {
    closeSync(log);
  }
}

function openLog(file: string): number {
  try {
    return openSync(file, "a");
  } catch (error) {
    throw explainFsError(error, file);
  }
}

function waitForExit(child: ChildProcess): Promise<TrainerExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    // Only a process that was never made reports an error here; spawnTrainer throws for it.
    child.once("error", () => resolve({ code: null, signal: null }));
  });
}
