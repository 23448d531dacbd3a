/** Runs another program to its end and keeps what it said. */
import { spawn } from "node:child_process";
import { errorCode } from "../../protocol/errors.ts";

export interface Finished {
  /** Nothing when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was killed because the deadline had passed. */
  readonly late: boolean;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const KEPT_CHARACTERS = 200_000;

/** @returns nothing when there is no such program. @throws the abort reason when `signal` is aborted */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished | undefined> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    // A group of its own, so that what it starts (make, the compiler) can be ended with it.
    detached: process.platform !== "win32",
  });
  let stdout = "";
  let stderr = "";
  let late = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout = (stdout + text).slice(-KEPT_CHARACTERS);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-KEPT_CHARACTERS);
  });
  const stop = () => killGroup(child.pid);
  const timer =
    options.deadlineMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          stop();
        }, options.deadlineMs);
  options.signal?.addEventListener("abort", stop);
  try {
    return await new Promise<Finished | undefined>((resolve, reject) => {
      child.on("error", (error) => (errorCode(error) === "ENOENT" ? resolve(undefined) : reject(error)));
      child.on("close", (code, signal) => {
        if (options.signal?.aborted) {
          reject(options.signal.reason);
        } else {
          resolve({ code, signal, stdout, stderr, late });
        }
      });
    });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch (error) {
    if (errorCode(error) !== "ESRCH") {
      throw error;
    }
  }
}
