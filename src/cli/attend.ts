/** Stays with a training process until it ends: shows its progress, passes Ctrl-C on, says how it ended. */
import { readFileSync } from "node:fs";
import type { TrainingController } from "../controller/controller.ts";
import { EXIT_UNRECORDED } from "../protocol/control.ts";
import { errorCode } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { RunRecord, RunResult } from "../protocol/run.ts";
import { type Run, trainerLogPath } from "../runs/files/layout.ts";
import { readLockHolder } from "../runs/lock/lock.ts";
import { readEvents } from "../runs/log/eventLog.ts";
import { readRecord } from "../runs/record/store.ts";
import type { Display } from "./display.ts";
import type { Problem } from "./output.ts";

export type Ending =
  | { readonly status: "done"; readonly result: RunResult; readonly metric: string }
  /** `result` is there when the run got as far as a baseline. */
  | { readonly status: "stopped"; readonly result?: RunResult; readonly metric: string }
  | { readonly status: "failed"; readonly problem: Problem };

/** @param before events of earlier sessions of this run: they count, and are not shown again */
export async function attendTraining(
  controller: TrainingController,
  run: Run,
  display: Display,
  before: readonly RunEvent[] = [],
): Promise<Ending> {
  display.catchUp(before);
  let shown = before.at(-1)?.seq ?? 0;
  const showNew = (events: readonly RunEvent[]): void => {
    const fresh = events.filter((event) => event.seq > shown);
    shown = fresh.at(-1)?.seq ?? shown;
    display.show(fresh);
  };
  const following = new AbortController();
  const interrupts = listenForInterrupts(controller, run, display);
  try {
    const followed = controller.follow(
      run,
      (update) => {
        if (update.type !== "gone") showNew(update.events);
      },
      following.signal,
    );
    const exit = controller.exitOf(run);
    // A log that cannot be read ends the following; the process is still waited for, then the error is told.
    await Promise.all([followed, exit?.finally(() => following.abort())]);
    showNew(await readEvents(run));
    return await describeEnding(run, await exit, interrupts.asked());
  } finally {
    interrupts.dispose();
    display.end();
  }
}

type Exit = Awaited<NonNullable<ReturnType<TrainingController["exitOf"]>>>;

async function describeEnding(run: Run, exit: Exit | undefined, wasAsked: boolean): Promise<Ending> {
  const record = await readRecord(run);
  const metric = await metricOf(run, record);
  if (record.state === "done" && record.result !== undefined) {
    return { status: "done", result: record.result, metric };
  }
  if (record.state === "failed" && record.error !== undefined) {
    return { status: "failed", problem: record.error };
  }
  if (record.state === "stopped" || wasAsked) {
    return { status: "stopped", metric, ...(record.result === undefined ? {} : { result: record.result }) };
  }
  return { status: "failed", problem: describeDeath(run, exit) };
}

/** The process ended without a word in the record: killed from outside, or it could not even begin. */
function describeDeath(run: Run, exit: Exit | undefined): Problem {
  if (exit?.code === EXIT_UNRECORDED) {
    return {
      message: `Run ${run.id} ended, since nothing could be written to ${run.dir}: the disk is full or cannot be written.`,
      remedy: `Free some space, then go on from the last checkpoint: whittle resume ${run.id}`,
      kind: "failed",
    };
  }
  const how = exit?.signal ? `by signal ${exit.signal}` : `with exit code ${exit?.code ?? "unknown"}`;
  const last = lastLogLines(run);
  return {
    message: `The training process of run ${run.id} ended ${how}.${last === "" ? "" : ` Its last words: ${last}`}`,
    remedy: `All of its output is in ${trainerLogPath(run)}. To go on from the last checkpoint: whittle resume ${run.id}`,
    kind: exit?.code === 2 ? "usage" : "failed",
  };
}

const LAST_LINES = 3;

function lastLogLines(run: Run): string {
  try {
    return readFileSync(trainerLogPath(run), "utf8").trim().split(/\r?\n/).slice(-LAST_LINES).join(" ");
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return "";
  }
}

/** The name under which the run reports its first metric. */
export async function metricOf(run: Run, record: RunRecord): Promise<string> {
  const model = (await readEvents(run)).find((event) => event.type === "model");
  return model?.metric ?? record.settings?.metrics[0] ?? "metric";
}

function killTrainer(run: Run): void {
  const holder = readLockHolder(run);
  if (holder?.alive && holder.local) {
    process.kill(holder.pid, "SIGKILL");
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** First time: stop after the step, with a checkpoint. Second time: kill. A closed pipe counts as a signal. */
function listenForInterrupts(
  controller: TrainingController,
  run: Run,
  display: Display,
): { asked(): boolean; dispose(): void } {
  let asked = 0;
  const onSignal = (): void => {
    asked += 1;
    if (asked === 1) {
      display.note("Stopping after this step, with a checkpoint. Ctrl-C again kills the training process at once.");
      controller.stop(run).catch((error: unknown) => display.note(String(error)));
    } else {
      killTrainer(run);
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.stdout.on("error", onSignal);
  return {
    asked: () => asked > 0,
    dispose() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.stdout.off("error", onSignal);
    },
  };
}
