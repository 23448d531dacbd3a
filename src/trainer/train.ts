/** One run from the lock to the last word in its record, in whatever process this is. */
import { lineInFile } from "../models/loadErrors.ts";
import { CONTROL_PROTOCOL, EXIT_UNRECORDED } from "../protocol/control.ts";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import type { ErrorRecord } from "../protocol/run.ts";
import type { Run } from "../runs/files/layout.ts";
import { acquireRunLock } from "../runs/lock/lock.ts";
import { type EventLog, openEventLog } from "../runs/log/eventLog.ts";
import { readRecord, updateRecord } from "../runs/record/store.ts";
import { serveControl } from "./controlServer.ts";
import { runSession } from "./session.ts";
import { createSteering, type Helm } from "./steering.ts";

export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;

export interface TrainHost {
  /** A line for the run's own log. */
  note(line: string): void;
  /** The process does other work as well: it is never ended for the sake of the run. */
  readonly shared: boolean;
  /** Lets the process steer the run as well, e.g. by its signals. */
  onSteering?(helm: Helm): void;
}

/**
 * Trains or resumes the run to its end.
 * @returns the exit code that says how it ended
 * @throws WhittleError when another process trains the run, or it is done
 */
export async function trainRun(run: Run, host: TrainHost): Promise<number> {
  const lock = await acquireRunLock(run, { shared: host.shared });
  try {
    if ((await readRecord(run)).state === "done") {
      throw usageError(`Run ${run.id} is already done`, "Start a new run, with --seed or --set to change something.");
    }
    return await train(run, host);
  } finally {
    lock.release();
  }
}

async function train(run: Run, host: TrainHost): Promise<number> {
  const log = await openEventLog(run);
  const steering = createSteering();
  const hello = { protocol: CONTROL_PROTOCOL, runId: run.id, pid: process.pid };
  const control = await serveControl(
    run,
    {
      pause: () => steering.set("pause"),
      unpause: () => steering.set("go on"),
      stop: () => steering.set("stop"),
      pruneNow: () => steering.request("prune"),
      save: () => steering.request("save"),
    },
    hello,
  );
  host.onSteering?.(steering);
  try {
    const result = await runSession(run, {
      log,
      steering,
      onAppended: (seq) => control.notifyAppended(seq),
      note: host.note,
    });
    return EXIT[result?.status ?? "stopped"];
  } catch (error) {
    const { plan } = await readRecord(run);
    const failure = describeFailure(error, plan.modelFile, `Look at ${run.dir}/trainer.log; if`);
    host.note(`${failure.message}\n${failure.remedy}\n${failure.stack ?? ""}`);
    const recorded = await recordFailure(run, log, failure, host);
    control.notifyAppended(log.seq);
    return recorded ? EXIT[failure.kind] : EXIT_UNRECORDED;
  } finally {
    log.close();
    await control.close();
  }
}

/** @returns false when neither log nor record could take it: the caller has to say it in another way */
async function recordFailure(run: Run, log: EventLog, error: ErrorRecord, host: TrainHost): Promise<boolean> {
  try {
    log.append({ type: "failed", error });
    log.append({ type: "state", state: "failed", pid: process.pid });
    await updateRecord(run, { state: "failed", error });
    return true;
  } catch (second) {
    host.note(`The failure could not be recorded: ${messageOf(second)}`);
    return false;
  }
}

/**
 * Any thrown thing as users are told of it.
 * @param first what else to do than to report what is no fault of the model file, up to "if"
 */
export function describeFailure(thrown: unknown, modelFile: string, first = "If"): ErrorRecord {
  const line = thrown instanceof Error ? lineInFile(thrown, modelFile) : undefined;
  const place = line === undefined ? {} : { line };
  const stack = thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {};
  if (thrown instanceof WhittleError) {
    return { message: thrown.message, remedy: thrown.remedy, kind: thrown.kind, ...stack, ...place };
  }
  const remedy =
    line === undefined
      ? `${first} the model file is right, report this as a defect of Whittle.`
      : `See line ${line} of ${modelFile}.`;
  return { message: messageOf(thrown), remedy, kind: "failed", ...stack, ...place };
}
