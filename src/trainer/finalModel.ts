/** The model of a run as its newest checkpoint has it, which of a run that is done is its result: pruned, and as large as the user's own. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom, withSeededMathRandomWhile } from "../data/random.ts";
import { type LoadedEngine, loadEngine } from "../engine/load.ts";
import type { TF } from "../engine/types.ts";
import { type LoadedDefinition, loadDefinition } from "../models/load.ts";
import { resolveSettings } from "../models/settings.ts";
import { nameWeights } from "../models/weightNames.ts";
import { messageOf, usageError } from "../protocol/errors.ts";
import type { RunRecord, RunState } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import { type Checkpoint, readLatestCheckpoint } from "../runs/checkpoint/checkpoint.ts";
import type { Run } from "../runs/files/layout.ts";
import { readStatus } from "../runs/record/store.ts";
import { explainChange, findChange } from "./provenance.ts";
import { assignWeights, unpackTensors } from "./snapshot.ts";

export interface FinalModel {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly settings: Settings;
  readonly engine: LoadedEngine;
  readonly definition: LoadedDefinition;
  readonly model: Tf.LayersModel;
  /** By weight name, of those that could be pruned: 1 where a weight is left. */
  readonly masks: ReadonlyMap<string, Float32Array>;
}

/**
 * Runs the user's model file, so this is for the training process.
 * @param note told what a user should know
 * @throws WhittleError where there is no checkpoint, or the model file is not as it was
 */
export async function loadFinalModel(run: Run, note: (line: string) => void): Promise<FinalModel> {
  const { record, state } = await readStatus(run);
  const { plan, settings } = record;
  const checkpoint = readLatestCheckpoint(run);
  if (checkpoint === undefined || settings === undefined) {
    throw usageError(`Run ${run.id} has no checkpoint yet, so it has no model.`, "Let it train for a while.");
  }
  const changed = record.model && (await findChange(record.model, plan.modelFile));
  if (changed !== undefined) throw explainChange(changed, record);
  if (state !== "done") note(`Run ${run.id} is not done (${state}): this is the model of its newest checkpoint.`);
  const engine = await loadEngineOf(record, note);
  // As in training, since what the file draws when it is loaded may be its data.
  const { seed } = resolveSettings({}, plan.overrides);
  const definition = await withSeededMathRandomWhile(createRandom(seed, "load"), () =>
    loadDefinition(engine.tf, plan.modelFile, plan.exportName),
  );
  const model = await withSeededMathRandom(createRandom(settings.seed, "init"), () => definition.build(settings.args));
  const masks = unpackTensors(checkpoint.tensors, "mask");
  putWeights(engine.tf, model, checkpoint, masks);
  return { record, state, settings, engine, definition, model, masks };
}

async function loadEngineOf({ engine: before }: RunRecord, note: (line: string) => void): Promise<LoadedEngine> {
  if (before === undefined) return loadEngine("auto", { onNote: note });
  try {
    return await loadEngine(before.name, { onNote: note });
  } catch (error) {
    note(`The run's engine, ${before.name}, is not usable now: ${messageOf(error)}`);
    return loadEngine("auto", { onNote: note });
  }
}

function putWeights(tf: TF, model: Tf.LayersModel, { tensors }: Checkpoint, masks: FinalModel["masks"]): void {
  const weights = new Map([...nameWeights(model)].map(([weight, name]) => [name, weight.read() as Tf.Variable]));
  const values = unpackTensors(tensors, "weight");
  for (const [name, mask] of masks) {
    const whole = values.get(name);
    if (whole !== undefined)
      values.set(
        name,
        whole.map((value, at) => value * (mask[at] ?? 1)),
      );
  }
  assignWeights(tf, { weights }, values);
}
