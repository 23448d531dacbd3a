/** Ending a training process: ask → wait → terminate → kill, each with its own deadline. */
import { errorCode, WhittleError } from "../protocol/errors.ts";
import type { Run } from "../runs/files/layout.ts";
import { readLockHolder } from "../runs/lock/lock.ts";
import { isAlive, type ProcessIdentity } from "../runs/lock/processes.ts";
import { connectControl } from "./client.ts";
import { waitUntil } from "./deadline.ts";

/** Milliseconds. */
export interface StopDeadlines {
  /** To answer the request. */
  readonly ask: number;
  /** To end the step, write the checkpoint and exit, once it has accepted. */
  readonly finish: number;
  /** To exit after SIGTERM. */
  readonly terminate: number;
  /** To be gone after SIGKILL. */
  readonly kill: number;
}

export const STOP_DEADLINES: StopDeadlines = { ask: 10_000, finish: 60_000, terminate: 10_000, kill: 5_000 };

/** What trains a run, or is about to. */
export interface StopTarget {
  /** Whether it no longer does. */
  isGone(): boolean;
  /** May be signalled. Left out for a process that does other work as well, such as an editor. */
  readonly process?: ProcessIdentity;
}

/**
 * Resolves when no process trains the run any more; at once if none does.
 * @param started what was started for this run and may not have taken its lock yet
 * @throws WhittleError when the process is on another machine, survives SIGKILL, or may not be signalled and goes on
 */
export async function stopTrainer(
  run: Run,
  started: StopTarget | undefined,
  deadlines: StopDeadlines = STOP_DEADLINES,
): Promise<void> {
  const target = trainerOf(run, started);
  if (target === undefined) {
    return;
  }
  const isGone = (): boolean => target.isGone();
  if (await askToStop(run, isGone, deadlines.ask)) {
    if (await waitUntil(isGone, deadlines.finish)) {
      return;
    }
  }
  if (target.process === undefined) {
    throw new WhittleError(`Run ${run.id} is trained by an editor, and its step has not ended yet.`, {
      remedy: "It stops after that step. To end it at once, close or reload the window that trains it.",
    });
  }
  for (const [signal, ms] of [
    ["SIGTERM", deadlines.terminate],
    ["SIGKILL", deadlines.kill],
  ] as const) {
    sendSignal(target.process, signal);
    if (await waitUntil(isGone, ms)) {
      return;
    }
  }
  throw new WhittleError(`Process ${target.process.pid}, which trains run ${run.id}, does not end.`, {
    remedy: "It may wait for a disk or a device; end it with the tools of the system.",
  });
}

function trainerOf(run: Run, started: StopTarget | undefined): StopTarget | undefined {
  const holder = readLockHolder(run);
  if (holder?.alive && !holder.local) {
    throw new WhittleError(`Run ${run.id} is being trained on ${holder.host} (process ${holder.pid}).`, {
      remedy: "Stop it there.",
    });
  }
  if (holder?.alive) {
    return holder.shared
      ? { isGone: () => !readLockHolder(run)?.alive }
      : { isGone: () => !isAlive(holder), process: holder };
  }
  return started === undefined || started.isGone() ? undefined : started;
}

/** @returns whether the process accepted, or is gone; tries again while it does not listen yet */
async function askToStop(run: Run, isGone: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  for (let left = ms; left > 0; left = end - performance.now()) {
    if (isGone() || (await askOnce(run, left))) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(100, left)));
  }
  return isGone();
}

async function askOnce(run: Run, ms: number): Promise<boolean> {
  try {
    const client = await connectControl(run, ms);
    if (client === undefined) {
      return false;
    }
    try {
      await client.request("stop", ms);
      return true;
    } finally {
      client.dispose();
    }
  } catch (error) {
    if (error instanceof WhittleError) {
      // It hangs, refuses, is of another version or has just ended: the signals that follow do not need its consent.
      return false;
    }
    throw error;
  }
}

function sendSignal(target: ProcessIdentity, signal: NodeJS.Signals): void {
  // Asked again right before: the number may belong to somebody else by now.
  if (!isAlive(target)) {
    return;
  }
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if (errorCode(error) === "EPERM") {
      throw new WhittleError(`Process ${target.pid} belongs to another user, so it cannot be stopped from here.`, {
        remedy: "Ask its owner to stop it.",
      });
    }
    if (errorCode(error) !== "ESRCH") {
      throw error;
    }
  }
}
