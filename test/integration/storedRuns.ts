/** Runs that were never trained, for scenarios about runs that are there already. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { resolveSettings } from "../../src/models/settings.ts";
import type { NewEvent } from "../../src/protocol/events.ts";
import { type LayerSummary, RUN_FORMAT, type RunRecord, type RunResult, type Score } from "../../src/protocol/run.ts";

const LAYERS = [
  { name: "fc1/kernel", inputs: 784, units: 300 },
  { name: "fc2/kernel", inputs: 300, units: 100 },
];
const EPOCHS = 6;
const DENSE = 0.98;

/** The events before the result; `layersAt` gives the layers at a sparsity. */
export type Course = (result: RunResult, layersAt: (sparsity: number) => LayerSummary[]) => readonly NewEvent[];

interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly lambda?: number;
  /** Of the result, 0..1. */
  readonly sparsity: number;
  /** Of the result, on the validation split; a point less on the test split. */
  readonly metric: number;
  /** The model file that the run keeps. */
  readonly file: string;
  /** Another text than the file's. */
  readonly source?: string;
  readonly course?: Course;
}

/** @returns its folder */
export async function storeRun(workspace: string, run: StoredRun): Promise<string> {
  const { id, name, seed, lambda = 6e-4, sparsity, metric, file, course = shortCourse } = run;
  const dir = join(workspace, ".whittle", "runs", id);
  const text = run.source ?? (await readFile(file, "utf8"));
  const time = Date.parse("2026-11-20T10:00:00.000Z") + seed * 60_000;
  const at = (part: number): string => new Date(time + part).toISOString();
  const score = (value: number): Score => ({ loss: 1 - value, metric: value });
  const result: RunResult = {
    id,
    status: "done",
    engine: "wasm",
    seed,
    seconds: 30 + seed,
    epochs: EPOCHS,
    sparsity,
    params: { total: 265_200, remaining: Math.round(265_200 * (1 - sparsity)) },
    layers: layersAt(sparsity),
    reference: score(DENSE),
    validation: score(metric),
    test: score(metric - 0.01),
    referenceTest: score(DENSE - 0.01),
  };
  const source = `source/${basename(file)}`;
  const record: RunRecord = {
    format: RUN_FORMAT,
    id,
    name,
    createdAt: at(0),
    updatedAt: at(30_000),
    state: "done",
    plan: { modelFile: file, exportName: "lenet300", overrides: {} },
    settings: resolveSettings({ seed, epochs: 3, pruning: { lambda, maxEpochs: 3, finetuneEpochs: 0 } }, {}),
    model: { sha256: createHash("sha256").update(text).digest("hex"), source },
    data: { spec: "digits", sha256: "d".repeat(64), train: 900, validation: 100, test: 100 },
    engine: { name: "wasm", reason: "It was asked for.", versions: { tfjs: "4.22.0" } },
    result,
  };
  await mkdir(join(dir, "source"), { recursive: true });
  await writeFile(join(dir, source), text);
  await writeFile(
    join(dir, "events.jsonl"),
    eventLines([...course(result, layersAt), { type: "result", result }], time),
  );
  await writeFile(join(dir, "run.json"), JSON.stringify(record));
  return dir;
}

function layersAt(sparsity: number): LayerSummary[] {
  return LAYERS.map(({ name, inputs, units }) => {
    const total = inputs * units;
    const remaining = Math.round(total * (1 - sparsity));
    return {
      name,
      shape: [inputs, units],
      total,
      remaining,
      sparsity: 1 - remaining / total,
      units: { count: units, stride: 1, of: "units" },
      unitsAlive: units,
    };
  });
}

function eventLines(events: readonly NewEvent[], time: number): string {
  return events.map((event, index) => `${JSON.stringify({ seq: index + 1, time: time + index, ...event })}\n`).join("");
}

/** Half of the epochs dense, then a pruning to the end's sparsity. */
function shortCourse(result: RunResult): readonly NewEvent[] {
  const events: NewEvent[] = [
    { type: "model", layers: layersAt(0), params: 265_610, metric: "accuracy", better: "higher" },
  ];
  for (let epoch = 1; epoch <= EPOCHS; epoch += 1) {
    const sparsity = epoch > EPOCHS / 2 ? result.sparsity : 0;
    const layers = layersAt(sparsity);
    const validation = { loss: 0.5 / epoch, metric: result.validation.metric - 0.05 / epoch };
    events.push({
      type: "epoch",
      phase: sparsity > 0 ? "recover" : "train",
      epoch,
      epochsPlanned: EPOCHS,
      learningRate: 0.001,
      lambda: 0,
      loss: 0.6 / epoch,
      validation,
      sparsity,
      remaining: layers.map((layer) => layer.remaining),
      unitsAlive: layers.map((layer) => layer.unitsAlive ?? null),
      seconds: epoch * 5,
    });
    if (epoch === EPOCHS / 2) {
      const reached = { sparsity: result.sparsity, layers: layersAt(result.sparsity) };
      events.push({ type: "prune", epoch, threshold: 0.1, pruned: 1000, validation, ...reached });
    }
  }
  return events;
}
