/** The model of a run as its newest checkpoint has it, which of a run that is done is its result: pruned, and as large as the user's own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { type LoadedEngine, loadEngine } from "../engine/load.ts";
import type { TF } from "../engine/types.ts";
import type { LoadedDefinition } from "../models/load.ts";
import { nameWeights } from "../models/weightNames.ts";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import type { RunRecord, RunState } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import { type Checkpoint, readLatestCheckpoint } from "../runs/checkpoint/checkpoint.ts";
import { isInside, type Run } from "../runs/files/layout.ts";
import { readStatus } from "../runs/record/store.ts";
import { findChange, hashFile } from "./provenance.ts";
import { buildSeeded, loadSeeded } from "./seededModel.ts";
import { assignWeights, unpackTensors } from "./snapshot.ts";

export interface FinalModel {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly settings: Settings;
  readonly engine: LoadedEngine;
  readonly definition: LoadedDefinition;
  /** That it was loaded from. */
  readonly modelFile: string;
  readonly model: Tf.LayersModel;
  /** By weight name, of those that could be pruned: 1 where a weight is left. */
  readonly masks: ReadonlyMap<string, Float32Array>;
}

/**
 * Runs the user's model file, so this is for the training process.
 * @param keptModel whether to run the copy that the run has kept: only where the user asks for it, since it is code out of a run's folder
 * @param note told what a user should know
 * @throws WhittleError where there is no checkpoint, or the model file is not as it was
 */
export async function loadFinalModel(run: Run, keptModel: boolean, note: (line: string) => void): Promise<FinalModel> {
  const { record, state } = await readStatus(run);
  const { plan, settings } = record;
  const checkpoint = readLatestCheckpoint(run);
  if (checkpoint === undefined || settings === undefined) {
    throw usageError(`Run ${run.id} has no checkpoint yet, so it has no model.`, "Let it train for a while.");
  }
  const modelFile = keptModel ? await findKeptModel(run, record) : await checkModelFile(record);
  if (state !== "done") note(`Run ${run.id} is not done (${state}): this is the model of its newest checkpoint.`);
  const engine = await loadEngineOf(record, note);
  // As in training, since what the file draws when it is loaded may be its data.
  const definition = await loadSeeded(engine.tf, modelFile, plan);
  const model = await buildSeeded(definition, settings);
  const masks = unpackTensors(checkpoint.tensors, "mask");
  putWeights(engine.tf, model, checkpoint, masks);
  return { record, state, settings, engine, definition, modelFile, model, masks };
}

async function checkModelFile(record: RunRecord): Promise<string> {
  const { plan, model, id } = record;
  const remedy = "Put the file back as it was; or take the copy that the run has kept of it: --kept-model.";
  if (!existsSync(plan.modelFile)) throw usageError(`${plan.modelFile}, the model of run ${id}, is gone.`, remedy);
  const changed = model && (await findChange(model, plan.modelFile));
  if (changed === undefined) return plan.modelFile;
  throw new WhittleError(`${changed} has changed since run ${id} began.`, { remedy });
}

/** As they lay to each other, with those that it imports. @throws WhittleError where one is not what the run began with */
async function findKeptModel(run: Run, { model }: RunRecord): Promise<string> {
  const kept = model && (model.files ?? [model]);
  for (const { source, sha256 } of kept ?? []) {
    const file = join(run.dir, source);
    if (isInside(run.dir, file) && existsSync(file) && (await hashFile(file)) === sha256) continue;
    throw new WhittleError(`${file} is not the copy that run ${run.id} has kept.`, {
      remedy: "Leave --kept-model out, and put the model file back as it was.",
    });
  }
  if (model === undefined) throw usageError(`Run ${run.id} has kept no model file.`, "Leave --kept-model out.");
  return join(run.dir, model.source);
}

async function loadEngineOf({ engine: before }: RunRecord, note: (line: string) => void): Promise<LoadedEngine> {
  if (before === undefined) return loadEngine("auto", { onNote: note });
  try {
    return await loadEngine(before.name, { onNote: note, as: before });
  } catch (error) {
    note(`The run's engine, ${before.name}, is not usable now: ${messageOf(error)}`);
    return loadEngine("auto", { onNote: note });
  }
}

/** All weights of a model by name. */
export const variablesOf = (model: Tf.LayersModel): ReadonlyMap<string, Tf.Variable> =>
  new Map([...nameWeights(model)].map(([weight, name]) => [name, weight.read() as Tf.Variable]));

function putWeights(tf: TF, model: Tf.LayersModel, { tensors }: Checkpoint, masks: FinalModel["masks"]): void {
  const values = unpackTensors(tensors, "weight");
  for (const [name, mask] of masks) {
    const whole = values.get(name);
    if (whole !== undefined)
      values.set(
        name,
        whole.map((value, at) => value * (mask[at] ?? 1)),
      );
  }
  assignWeights(tf, { weights: variablesOf(model) }, values);
}
