/**
 * One run from its folder: loads what the plan names, trains, and keeps record, log and checkpoints true at every
 * moment. The caller holds the run's lock and steers through `Steering`.
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeData } from "../data/describe.ts";
import { isStreamed } from "../data/types.ts";
import type { Runner } from "../engine/graph/runner.ts";
import { type LoadedEngine, loadEngine } from "../engine/load.ts";
import { readCompiled } from "../models/compiled.ts";
import type { LoadedDefinition } from "../models/load.ts";
import { resolveComplete, resolveSettings } from "../models/settings.ts";
import { createTask } from "../models/task.ts";
import { isTextMetric } from "../models/textMetrics.ts";
import { messageOf, WhittleError } from "../protocol/errors.ts";
import type { NewEvent } from "../protocol/events.ts";
import { isOwnData } from "../protocol/ownData.ts";
import type { ExecutionRecord, RunRecord, RunResult, StoredState } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import {
  type Checkpoint,
  readLatestCheckpoint,
  saveCheckpoint,
  writeCheckpoint,
} from "../runs/checkpoint/checkpoint.ts";
import { writeDenseWeights } from "../runs/checkpoint/denseWeights.ts";
import type { Run } from "../runs/files/layout.ts";
import type { EventLog } from "../runs/log/eventLog.ts";
import { writeCompaction } from "../runs/record/compaction.ts";
import { writeDataDescription } from "../runs/record/dataDescription.ts";
import { writePredictions } from "../runs/record/predictions.ts";
import { readRecord, updateRecord } from "../runs/record/store.ts";
import { writeTestTexts } from "../runs/record/testTexts.ts";
import { writeTokenizer } from "../runs/record/tokenizer.ts";
import { createAugmentation } from "./augmentation.ts";
import { describeCompaction } from "./describeCompaction.ts";
import { createExecution } from "./execution.ts";
import { readInitialModel } from "./initialModel.ts";
import { createJudge } from "./judge.ts";
import { runLoop } from "./loop.ts";
import { describeMatch, matchWeights } from "./matchWeights.ts";
import { createNetwork } from "./network.ts";
import { kindOfTargets } from "./predictions.ts";
import { describeGit, describeMachine, explainChange, findChange, keepSource } from "./provenance.ts";
import { provideData } from "./provideData.ts";
import { buildSeeded, loadSeeded } from "./seededModel.ts";
import type { ShrinkParts } from "./shrinking.ts";
import type { Steering } from "./steering.ts";
import { untilStopped } from "./untilStopped.ts";
import { checkWriting } from "./writing.ts";

/** First examples of a user's own data that are kept to be looked at. */
const DESCRIBED_EXAMPLES = 24;
/** Milliseconds between two looks whether a paused run is still there. */
const PAUSE_CHECK_MS = 2000;

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
    const loaded = await waitFor(loadParts(record, checkpoint, emit, ports.note));
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
    const prepared = await waitFor(
      prepare(run, record, checkpoint, { ...loaded, git, createRunner }, emit, ports.note),
    );
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
        const { steering } = ports;
        let isPruneAsked = false;
        const heed = (): void => {
          const requests = steering.takeRequests();
          if (requests.has("save")) save("kept");
          isPruneAsked ||= requests.has("prune");
        };
        heed();
        if (steering.wish === "pause") {
          save("latest");
          await setState("paused");
          while (steering.wish === "pause") {
            await Promise.race([steering.changed(), sleep(PAUSE_CHECK_MS, undefined, { ref: false })]);
            // Nobody could wake a process whose run is gone.
            if (!existsSync(run.dir))
              throw new WhittleError(`${run.dir} was deleted while the run was paused`, {
                remedy: "Start a new run.",
              });
            heed();
          }
          if (steering.wish === "go on") await setState("running");
        }
        if (steering.wish === "stop") return "stop";
        return isPruneAsked ? "prune" : "go on";
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

interface LoadedParts {
  readonly engine: LoadedEngine;
  readonly definition: LoadedDefinition;
  readonly settings: Settings;
}

/** The engine comes before the model file, whose imports it serves; that file may then ask for another one. */
async function loadParts(
  record: RunRecord,
  checkpoint: Checkpoint | undefined,
  emit: (event: NewEvent) => void,
  note: (line: string) => void,
): Promise<LoadedParts> {
  const { plan } = record;
  let isTold = false;
  const tellOfTraining = (method: string, line: number | undefined): void => {
    if (isTold) return;
    isTold = true;
    const place = line === undefined ? plan.modelFile : `${plan.modelFile}:${line}`;
    emit({ type: "warning", message: `Left out: ${place} trains by itself when it is loaded (${method}).` });
  };
  const load = async (engine: LoadedEngine): Promise<LoadedParts> => {
    const definition = await loadSeeded(engine.tf, plan.modelFile, plan, { onOwnTraining: tellOfTraining });
    // Before the first checkpoint nothing depends on what was resolved: a corrected experiment then takes effect. What the
    // model is compiled with comes in when it is built.
    const kept = checkpoint === undefined ? undefined : record.settings;
    return { engine, definition, settings: kept ?? resolveComplete(definition.settings, plan.overrides) };
  };
  if (checkpoint !== undefined && record.model !== undefined) {
    const changed = await findChange(record.model, plan.modelFile);
    if (changed !== undefined) throw explainChange(changed, record);
  }
  const first = await load(await pickEngine(record, checkpoint, emit, note));
  const wish = first.settings.engine;
  if (checkpoint !== undefined || wish === "auto" || wish === first.engine.record.name) return first;
  return load(await loadEngine(wish, { onNote: note }));
}

/** Resumes on the engine that the run began with, as only that one continues bit for bit. */
async function pickEngine(
  record: RunRecord,
  checkpoint: Checkpoint | undefined,
  emit: (event: NewEvent) => void,
  note: (line: string) => void,
): Promise<LoadedEngine> {
  const before = checkpoint === undefined ? undefined : record.engine;
  if (before === undefined) return loadEngine(resolveSettings({}, record.plan.overrides).engine, { onNote: note });
  try {
    return await loadEngine(before.name, { onNote: note, as: before });
  } catch (error) {
    const engine = await loadEngine("auto", { onNote: note });
    emit({
      type: "warning",
      message: `The run began on the ${before.name} engine, which is not usable now (${messageOf(error)}); it goes on with ${engine.record.name}, close to but not bit for bit what it would have been.`,
    });
    return engine;
  }
}

async function prepare(
  run: Run,
  record: RunRecord,
  checkpoint: Checkpoint | undefined,
  {
    engine,
    definition,
    settings: known,
    git,
    createRunner,
  }: LoadedParts & { readonly git: Promise<RunRecord["git"]>; readonly createRunner: () => Runner },
  emit: (event: NewEvent) => void,
  note: (line: string) => void,
) {
  const { plan } = record;
  const model =
    checkpoint !== undefined && record.model !== undefined ? record.model : await keepSource(run, plan.modelFile);
  const layers = await buildSeeded(definition, known);
  const compiled = definition.compiled ?? readCompiled(engine.tf, layers);
  // Data, seed and engine are nothing that a model is compiled with, so they are known before.
  const settings =
    checkpoint === undefined ? resolveComplete(definition.settings, plan.overrides, compiled?.settings) : known;
  if (checkpoint === undefined) {
    for (const what of compiled?.ignored ?? []) {
      emit({ type: "warning", message: `Not taken over from the model's compile: ${what}.` });
    }
  }
  const data = await provideData(engine.tf, definition, layers, settings, plan.modelFile, note);
  if (checkpoint !== undefined && record.data !== undefined && record.data.sha256 !== data.sha256) {
    throw explainChange(settings.data, record);
  }
  // A run that goes on has these, since its data are the same.
  if (checkpoint === undefined && isOwnData(settings.data)) {
    await writeDataDescription(run, describeData(data, DESCRIBED_EXAMPLES));
  }
  if (checkpoint === undefined && data.texts !== undefined) await writeTokenizer(run, data.texts.tokenizer.file);
  const task = createTask(engine.tf, layers, data, settings, definition, compiled);
  if (task.note !== undefined) note(task.note);
  if (isTextMetric(task.metric)) checkWriting(engine.tf, layers, data, settings);
  const augment = createAugmentation(engine.tf, settings.augmentation, task.inputShape, data);
  const initial =
    checkpoint === undefined && settings.initialModel !== undefined
      ? await readInitialModel(engine.tf, settings.initialModel, run, plan.modelFile)
      : undefined;
  const parts = {
    metric: task.metric,
    inputShape: task.inputShape,
    layers: settings.pruning.layers,
    granularity: settings.pruning.granularity,
    ignoreTarget: task.ignoreTarget,
    trims: task.trims,
    generation: settings.generation,
    engine,
  };
  const network = createNetwork(engine.tf, {
    ...parts,
    model: layers,
    objective: task.objective,
    runner: createRunner(),
  });
  const shrink: ShrinkParts = {
    model: layers,
    build: (smaller, names) =>
      createNetwork(engine.tf, {
        ...parts,
        model: smaller,
        objective: createTask(engine.tf, smaller, data, settings, definition, compiled).objective,
        runner: createRunner(),
        batches: network.batches,
        names,
      }),
  };
  const judge = createJudge(engine.tf, { model: layers, objective: task.objective, network, data, settings });
  await updateRecord(run, {
    settings,
    model,
    ...(compiled === undefined ? {} : { compiled: { taken: [...compiled.taken], ignored: [...compiled.ignored] } }),
    ...(initial === undefined ? {} : { initialModel: { from: initial.from, sha256: initial.sha256 } }),
    data: {
      spec: settings.data,
      sha256: data.sha256,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
      ...(isStreamed(data) ? { streamed: true as const } : {}),
    },
    git: await git,
    machine: describeMachine(),
  });
  const matched = initial && matchWeights(initial.from, initial.tensors, network.weights);
  const remark = matched && describeMatch(initial.from, matched, initial.others);
  if (remark !== undefined) emit({ type: "warning", message: remark });
  return { network, data, settings, augment, judge, initialWeights: matched?.values, shrink };
}
