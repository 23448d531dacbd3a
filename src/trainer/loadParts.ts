/** Loads what a run is made of: engine, definition of the model, settings. */
import { type LoadedEngine, loadEngine } from "../engine/load.ts";
import type { LoadedDefinition } from "../models/load.ts";
import { placeAt } from "../models/loadErrors.ts";
import type { OwnTraining } from "../models/ownTraining.ts";
import { resolveComplete, resolveSettings } from "../models/settings.ts";
import { messageOf } from "../protocol/errors.ts";
import type { NewEvent } from "../protocol/events.ts";
import type { RunRecord } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import { explainChange, findChange } from "./provenance.ts";
import { loadSeeded } from "./seededModel.ts";

export interface Telling {
  readonly emit: (event: NewEvent) => void;
  /** A line for the process's own log. */
  readonly note: (line: string) => void;
}

export interface LoadedParts {
  readonly engine: LoadedEngine;
  readonly definition: LoadedDefinition;
  readonly settings: Settings;
}

/** The engine comes before the model file, whose imports it serves; that file may then ask for another one. */
export async function loadParts(
  record: RunRecord,
  checkpoint: Checkpoint | undefined,
  { emit, note }: Telling,
): Promise<LoadedParts> {
  const { plan } = record;
  const warn = (message: string): void => emit({ type: "warning", message });
  const options = {
    onLeftOut: warn,
    onOwnTraining: ({ method, line }: OwnTraining) =>
      warn(`Left out: ${placeAt(plan.modelFile, line)} trains by itself (${method}).`),
  };
  const load = async (engine: LoadedEngine): Promise<LoadedParts> => {
    const definition = await loadSeeded(engine.tf, plan.modelFile, plan, options);
    // Before the first checkpoint nothing depends on what was resolved: a corrected experiment then takes effect. What the
    // model is compiled with comes in when it is built.
    const kept = checkpoint === undefined ? undefined : record.settings;
    return { engine, definition, settings: kept ?? resolveComplete(definition.settings, plan.overrides) };
  };
  if (checkpoint !== undefined && record.model !== undefined) {
    const changed = await findChange(record.model, plan.modelFile);
    if (changed !== undefined) throw explainChange(changed, record);
  }
  const first = await load(await pickEngine(record, checkpoint, { emit, note }));
  const wish = first.settings.engine;
  if (checkpoint !== undefined || wish === "auto" || wish === first.engine.record.name) return first;
  return load(await loadEngine(wish, { onNote: note }));
}

/** Resumes on the engine that the run began with, as only that one continues bit for bit. */
async function pickEngine(
  record: RunRecord,
  checkpoint: Checkpoint | undefined,
  { emit, note }: Telling,
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
