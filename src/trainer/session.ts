/**
 * One run from its folder: loads what the plan names, trains, and keeps record, log and checkpoints true at every
 * moment. The caller holds the run's lock and steers through `Steering`.
 */
import { dirname } from "node:path";
import type { NewEvent } from "../protocol/events.ts";
import type { ExecutionRecord, RunResult, StoredState } from "../protocol/run.ts";
import { readLatestCheckpoint, saveCheckpoint, writeCheckpoint } from "../runs/checkpoint/checkpoint.ts";
import { writeDenseWeights } from "../runs/checkpoint/denseWeights.ts";
import type { Run } from "../runs/files/layout.ts";
import type { EventLog } from "../runs/log/eventLog.ts";
import { writeCompaction } from "../runs/record/compaction.ts";
import { writePredictions } from "../runs/record/predictions.ts";
import { readRecord, updateRecord } from "../runs/record/store.ts";
import { writeTestTexts } from "../runs/record/testTexts.ts";
import { describeCompaction } from "./describeCompaction.ts";
import { createExecution } from "./execution.ts";
import { heedSteering } from "./heedSteering.ts";
import { loadParts } from "./loadParts.ts";
import { runLoop } from "./loop.ts";
import { kindOfTargets } from "./predictions.ts";
import { prepare } from "./prepare.ts";
import { describeGit } from "./provenance.ts";
import type { Steering } from "./steering.ts";
import { untilStopped } from "./untilStopped.ts";

export interface SessionPorts {
  readonly log: EventLog;
  readonly steering: Steering;
  /** The log has grown to this event. */
  onAppended(seq: number): void;
  /** A line for the process's own log. */
  note(line: string): void;
}

/**
 * @returns undefined when the run was stopped before its training began
 * @throws WhittleError; the record then still says what it said, and the caller records the failure
 */
export async function runSession(run: Run, ports: SessionPorts): Promise<RunResult | undefined> {
  const emit = (event: NewEvent): void => ports.onAppended(ports.log.append(event).seq);
  /** The event first: who reads the final state in the record then finds all events in the log. */
  const setState = async (state: StoredState): Promise<void> => {
    emit({ type: "state", state, pid: process.pid });
    await updateRecord(run, { state });
  };

  const telling = { emit, note: ports.note };
  const record = await readRecord(run);
  const checkpoint = readLatestCheckpoint(run);
  if (ports.log.seq > 0) emit({ type: "resumed", after: checkpoint?.seq ?? 0 });
  await updateRecord(run, { error: undefined, result: undefined });
  await setState("starting");

  // Asked now: git answers while the engine is loaded, and as long as this process is small it starts others quickly.
  const git = Promise.resolve(record.git ?? describeGit(dirname(record.plan.modelFile)));
  const waitFor = <T>(work: Promise<T>) =>
    untilStopped(ports.steering, work, record.plan.modelFile, (message) => emit({ type: "warning", message }));
  /** Not yet in the record. */
  let execution: ExecutionRecord | undefined;
  /** Undefined where the run was stopped meanwhile. */
  const setUp = async () => {
    const loaded = await waitFor(loadParts(record, checkpoint, telling));
    if (loaded === undefined) return undefined;
    const { engine } = loaded;
    emit({ type: "engine", engine: engine.record });
    engine.onSlowKernel?.((kernel) =>
      emit({
        type: "warning",
        message: `The ${engine.record.name} engine has no ${kernel}: plain JavaScript computes it, and takes much of the time. The native engine has it: run \`whittle setup\`.`,
      }),
    );
    const createRunner = createExecution(engine, loaded.settings.execution, (next) => {
      emit({ type: "execution", execution: next });
      execution = next;
    });
    const prepared = await waitFor(prepare(run, record, checkpoint, { ...loaded, git, createRunner }, telling));
    await updateRecord(run, { engine: engine.record });
    return prepared && { engine, prepared };
  };
  const ready = await setUp();
  if (ready === undefined) {
    await setState("stopped");
    return undefined;
  }
  const { engine, prepared } = ready;
  await setState("running");

  const { predictions, testTexts, ...end } = await runLoop(
    { ...prepared, tf: engine.tf, resumeFrom: checkpoint },
    {
      emit,
      save(state, tensors, kind) {
        ports.log.flush();
        const write = kind === "kept" ? saveCheckpoint : writeCheckpoint;
        emit({ type: "checkpoint", file: write(run, { seq: ports.log.seq, state, tensors }) });
      },
      // For whoever asks what they write.
      keepDense:
        prepared.judge && kindOfTargets(prepared.data) === "texts"
          ? (weights) => writeDenseWeights(run, weights)
          : undefined,
      now: () => performance.now(),
      async breathe(save) {
        if (execution !== undefined) {
          const known = execution;
          execution = undefined;
          await updateRecord(run, { execution: known });
        }
        await new Promise((resolve) => setImmediate(resolve));
        return heedSteering(run, ports.steering, { save, setState });
      },
    },
  )
    .then(async (ended) => {
      if (ended.status === "done" && ended.sparsity > 0) {
        const { network, data } = prepared;
        await writeCompaction(run, describeCompaction(engine.tf, prepared.shrink.model, network, data));
      }
      return ended;
    })
    .finally(() => {
      prepared.network.runner.dispose();
      prepared.network.dispose();
    });
  if (predictions !== undefined) await writePredictions(run, predictions);
  if (testTexts !== undefined) await writeTestTexts(run, testTexts);
  const result: RunResult = { id: run.id, engine: engine.record.name, ...end };
  emit({ type: "result", result });
  await updateRecord(run, { result, ...(execution === undefined ? {} : { execution }) });
  await setState(result.status);
  return result;
}
