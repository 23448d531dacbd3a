/** Runs as the editor's views get them, made up. */
import { NOT_BEGUN } from "../../../../src/editor/runs/runSummary.ts";
import type { WatchedRun } from "../../../../src/editor/runs/runWatch.ts";
import { NO_MARKS, type RunRecord, type RunResult } from "../../../../src/protocol/run.ts";
import { settingsSchema } from "../../../../src/protocol/settings.ts";

export interface RunSketch {
  readonly state?: WatchedRun["state"];
  readonly name?: string;
  readonly exportName?: string;
  readonly modelFile?: string;
  readonly tags?: readonly string[];
  readonly pinned?: boolean;
  /** With both of these it has a result. */
  readonly sparsity?: number;
  readonly metric?: number;
}

/** @param at of the id: later ones are newer */
export function sketchRun(at: string, sketch: RunSketch = {}): WatchedRun {
  const { state = "done", exportName = "lenet300", modelFile = "/models/lenet.model.ts", sparsity, metric } = sketch;
  const id = `20261124-${at}-lenet300-abcd`;
  const record: RunRecord = {
    format: 1,
    id,
    name: exportName,
    createdAt: "2026-11-24T10:15:00.000Z",
    updatedAt: "2026-11-24T10:16:00.000Z",
    state: state === "interrupted" ? "running" : state,
    plan: { modelFile, exportName, overrides: {} },
    settings: settingsSchema.parse({}),
    ...(sparsity === undefined || metric === undefined
      ? {}
      : {
          result: sketchResult(id, sparsity, metric),
        }),
  };
  const marks = { ...NO_MARKS, tags: [...(sketch.tags ?? [])], pinned: sketch.pinned ?? false };
  return {
    run: { dir: `/runs/${id}`, id },
    record,
    state,
    marks,
    name: sketch.name ?? record.name,
    progress: NOT_BEGUN,
    layers: [],
    history: [],
  };
}

/** @param metric on every split */
function sketchResult(id: string, sparsity: number, metric: number): RunResult {
  const score = { loss: 0.1, metric };
  return {
    id,
    status: "done",
    engine: "wasm",
    seed: 0,
    seconds: 60,
    epochs: 30,
    sparsity,
    params: { total: 100, remaining: 3 },
    layers: [],
    reference: score,
    validation: score,
    test: score,
    referenceTest: score,
  };
}
