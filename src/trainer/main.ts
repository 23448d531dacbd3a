/**
 * The training process: `trainer <run folder>` trains or resumes one run, `trainer --check-engine <name>` tries an engine
 * whose crash would end the process. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped.
 */
import { resolve } from "node:path";
import { runEngineCheck } from "../engine/check.ts";
import { lineInFile } from "../models/load.ts";
import { CONTROL_PROTOCOL } from "../protocol/control.ts";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import type { ErrorRecord } from "../protocol/run.ts";
import { type EventLog, openEventLog } from "../runs/eventLog.ts";
import type { Run } from "../runs/layout.ts";
import { acquireRunLock } from "../runs/lock.ts";
import { openRun, readRecord, updateRecord } from "../runs/store.ts";
import { serveControl } from "./controlServer.ts";
import { runSession, type Steering } from "./session.ts";

const EXIT = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;

async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === "--check-engine" && second !== undefined) {
    await runEngineCheck(second);
    return EXIT.done;
  }
  if (first === undefined) {
    console.error("Usage: trainer <run folder> | trainer --check-engine <name>");
    return EXIT.usage;
  }
  const run = await openRun(resolve(first));
  const lock = await acquireRunLock(run);
  try {
    if ((await readRecord(run)).state === "done") {
      throw usageError(`Run ${run.id} is already done`, "Start a new run, with --seed or --set to change something.");
    }
    return await train(run);
  } finally {
    lock.release();
  }
}

async function train(run: Run): Promise<number> {
  const log = await openEventLog(run);
  const steering = createSteering();
  const hello = { protocol: CONTROL_PROTOCOL, runId: run.id, pid: process.pid };
  const control = await serveControl(
    run,
    { pause: () => steering.set("pause"), unpause: () => steering.set("go on"), stop: () => steering.set("stop") },
    hello,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => steering.set("stop"));
  const note = (line: string): void => console.log(line);
  try {
    const result = await runSession(run, { log, steering, onAppended: (seq) => control.notifyAppended(seq), note });
    return EXIT[result.status];
  } catch (error) {
    const record = await recordFailure(run, log, error);
    control.notifyAppended(log.seq);
    return EXIT[record.kind];
  } finally {
    log.close();
    await control.close();
  }
}

/** Says what happened in every place that can still be written: a full disk must not hide the error itself. */
async function recordFailure(run: Run, log: EventLog, thrown: unknown): Promise<ErrorRecord> {
  const error = await describeFailure(run, thrown);
  console.error(`${error.message}\n${error.remedy}\n${error.stack ?? ""}`);
  try {
    log.append({ type: "failed", error });
    log.append({ type: "state", state: "failed", pid: process.pid });
    await updateRecord(run, { state: "failed", error });
  } catch (second) {
    console.error(`The failure could not be recorded: ${messageOf(second)}`);
  }
  return error;
}

async function describeFailure(run: Run, thrown: unknown): Promise<ErrorRecord> {
  const { modelFile } = (await readRecord(run)).plan;
  const line = thrown instanceof Error ? lineInFile(thrown, modelFile) : undefined;
  const place = line === undefined ? {} : { line };
  const stack = thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {};
  if (thrown instanceof WhittleError) {
    return { message: thrown.message, remedy: thrown.remedy, kind: thrown.kind, ...stack, ...place };
  }
  const remedy =
    line === undefined
      ? `Look at ${run.dir}/trainer.log; if the model file is right, report this as a defect of Whittle.`
      : `See line ${line} of ${modelFile}.`;
  return { message: messageOf(thrown), remedy, kind: "failed", ...stack, ...place };
}

function createSteering(): Steering & { set(wish: Steering["wish"]): void } {
  let waiting: (() => void)[] = [];
  const steering = {
    wish: "go on" as Steering["wish"],
    changed: () => new Promise<void>((wake) => waiting.push(wake)),
    set(wish: Steering["wish"]): void {
      // A stop is final: a late pause must not undo it.
      if (steering.wish !== "stop") steering.wish = wish;
      for (const wake of waiting) wake();
      waiting = [];
    },
  };
  return steering;
}

main(process.argv.slice(2))
  .catch((error: unknown) => {
    const remedy = error instanceof WhittleError ? `\n${error.remedy}` : "";
    console.error(`${messageOf(error)}${remedy}`);
    return error instanceof WhittleError && error.kind === "usage" ? EXIT.usage : EXIT.failed;
  })
  // Handles of a library must not keep a finished training process alive.
  .then((code) => process.exit(code));
