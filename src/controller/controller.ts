/** Starts, steers and follows training processes; used by the command line and the editor alike. */
import { existsSync } from "node:fs";
import { WhittleError } from "../protocol/errors.ts";
import type { RunPlan } from "../protocol/run.ts";
import { readLockHolder } from "../runs/lock/lock.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "../runs/lock/processes.ts";
import { createRun, type Run, type RunStatus, readStatus, setAside } from "../runs/record/store.ts";
import { connectControl } from "./client.ts";
import { followRun, type RunUpdate } from "./follow.ts";
import { hostTrainer } from "./hosted.ts";
import { type SpawnOptions, spawnTrainer, type TrainerExit } from "./spawn.ts";
import { STOP_DEADLINES, type StopDeadlines, stopTrainer } from "./stop.ts";
import { openWriting, type Writing } from "./writing.ts";

export interface ControllerOptions extends SpawnOptions {
  readonly deadlines?: StopDeadlines;
  /** Asked at each start: whether to train in this process instead of one of its own. */
  readonly isHosted?: () => boolean;
}

interface Child {
  /** undefined when it is this very process. */
  readonly identity: ProcessIdentity | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly exited: Promise<TrainerExit>;
  hasExited: boolean;
}

export class TrainingController {
  readonly #options: ControllerOptions;
  /** By run folder: the process that this controller started last for it. */
  readonly #children = new Map<string, Child>();
  readonly #stops = new Map<string, Promise<void>>();
  readonly #disposal = new AbortController();

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  /** Makes a run and starts its training process; what becomes of it is told by `follow` and `exitOf`. */
  async start(runsDir: string, plan: RunPlan, name: string): Promise<Run> {
    const run = await createRun(runsDir, plan, name);
    this.#spawn(run);
    return run;
  }

  /** Makes a run that waits for its turn; `resume` starts it. */
  queue(runsDir: string, plan: RunPlan, name: string): Promise<Run> {
    return createRun(runsDir, plan, name, "queued");
  }

  /** Has a run that nobody trains wait for its turn to go on. @throws WhittleError as `resume` does */
  async requeue(run: Run): Promise<void> {
    await this.#refuseResume(run);
    await setAside(run, "queued");
  }

  /** Starts a process that goes on from the last checkpoint. @throws WhittleError when the run is done or being trained */
  async resume(run: Run): Promise<void> {
    await this.#refuseResume(run);
    this.#spawn(run);
  }

  /** Asks the models of a run that write, in a process of its own. @param onNote told what a user should know */
  openWriting(run: Run, onNote: (line: string) => void): Writing {
    const { trainerFile, env = {} } = this.#options;
    return openWriting({ run: run.dir, keptModel: false }, { trainerFile, env, onNote });
  }

  /** How the process that this controller started for `run` ended, or will end; undefined if it started none. */
  exitOf(run: Run): Promise<TrainerExit> | undefined {
    return this.#children.get(run.dir)?.exited;
  }

  /**
   * Resolves when no process trains the run any more; a queued run no longer waits then. Calls while it is being stopped
   * share one attempt.
   */
  stop(run: Run): Promise<void> {
    const running = this.#stops.get(run.dir);
    if (running !== undefined) {
      return running;
    }
    const stopping = this.#stop(run).finally(() => this.#stops.delete(run.dir));
    this.#stops.set(run.dir, stopping);
    return stopping;
  }

  /** Resolves when the process has accepted; the state changes when its step has ended. */
  async pause(run: Run): Promise<void> {
    await request(run, "pause");
  }

  async unpause(run: Run): Promise<void> {
    await request(run, "unpause");
  }

  /** Has the stage end and a threshold searched for now; the run's log says what came of it. */
  async pruneNow(run: Run): Promise<void> {
    await request(run, "pruneNow");
  }

  /** Has a checkpoint written that is kept. */
  async save(run: Run): Promise<void> {
    await request(run, "save");
  }

  /** The record and its state, with what is known about processes that this controller started. */
  async status(run: Run): Promise<RunStatus> {
    const status = await readStatus(run);
    const child = this.#children.get(run.dir);
    if (child === undefined || readLockHolder(run)?.alive) {
      return status;
    }
    const isUntouched = Date.parse(status.record.updatedAt) <= child.startedAt;
    if (!child.hasExited && isUntouched) {
      return { ...status, state: "starting" };
    }
    const neverBegan = status.state === "starting" || (status.state === "queued" && isUntouched);
    return child.hasExited && neverBegan ? { ...status, state: "interrupted" } : status;
  }

  /**
   * One snapshot, then deltas with running numbers, until `signal` aborts, the run's folder is deleted (`gone`) or this
   * controller is disposed. Runs of other processes and finished runs are followed the same way.
   * @throws WhittleError when the run cannot be read
   */
  follow(run: Run, onUpdate: (update: RunUpdate) => void, signal: AbortSignal): Promise<void> {
    return followRun(run, onUpdate, {
      signal: AbortSignal.any([signal, this.#disposal.signal]),
      readStatus: () => this.status(run),
      wakeOn: (wake) => {
        let subscribed = true;
        void this.#children.get(run.dir)?.exited.then(() => subscribed && wake());
        return () => {
          subscribed = false;
        };
      },
    });
  }

  /** Lets go: following ends, training goes on. */
  dispose(): void {
    this.#disposal.abort();
  }

  async #stop(run: Run): Promise<void> {
    const child = this.#children.get(run.dir);
    const { identity } = child ?? {};
    await stopTrainer(
      run,
      child && { isGone: () => !isRunning(child), ...(identity === undefined ? {} : { process: identity }) },
      this.#options.deadlines ?? STOP_DEADLINES,
    );
    if (child !== undefined && identity === undefined) {
      await child.exited;
    }
    if (existsSync(run.dir) && (await readStatus(run)).state === "queued") {
      await setAside(run, "stopped");
    }
  }

  async #refuseResume(run: Run): Promise<void> {
    const { state } = await readStatus(run);
    const child = this.#children.get(run.dir);
    const holder = readLockHolder(run);
    if (holder?.alive || (child !== undefined && isRunning(child))) {
      const pid = holder?.alive ? holder.pid : (child?.identity?.pid ?? process.pid);
      throw new WhittleError(`Run ${run.id} is already being trained by process ${pid}.`, {
        remedy: `Wait for it, or stop it first: whittle stop ${run.id}`,
      });
    }
    if (state === "done") {
      throw new WhittleError(`Run ${run.id} is done; there is nothing to resume.`, {
        remedy: "Start a new run with the settings you want.",
      });
    }
  }

  #spawn(run: Run): void {
    const { pid, exited, isHosted } = this.#options.isHosted?.()
      ? hostTrainer(run, this.#options)
      : spawnTrainer(run, this.#options);
    const identity = isHosted ? undefined : identifyProcess(pid);
    const child: Child = { identity, startedAt: Date.now(), exited, hasExited: false };
    this.#children.set(run.dir, child);
    void exited.then(() => {
      child.hasExited = true;
    });
  }
}

/** Asked of the system, not of `hasExited`: the news of a child that was killed takes a moment to arrive here. */
function isRunning({ identity, hasExited }: Child): boolean {
  return identity === undefined ? !hasExited : isAlive(identity);
}

type SteeringMethod = "pause" | "unpause" | "pruneNow" | "save";

const DEEDS: Readonly<Record<SteeringMethod, string>> = {
  pause: "pause",
  unpause: "go on",
  pruneNow: "prune now",
  save: "save a checkpoint",
};

async function request(run: Run, method: SteeringMethod): Promise<void> {
  const client = await connectControl(run);
  if (client === undefined) {
    throw new WhittleError(`Run ${run.id} is not being trained on this machine, so it cannot ${DEEDS[method]}.`, {
      remedy: "whittle list shows the state of each run.",
    });
  }
  try {
    await client.request(method);
  } finally {
    client.dispose();
  }
}
