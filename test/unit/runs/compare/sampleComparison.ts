/** Runs to compare, made up from the few figures that a test is about. */
import type { NewEvent, RunEvent } from "../../../../src/protocol/events.ts";
import type { LayerSummary, RunRecord, RunState } from "../../../../src/protocol/run.ts";
import { type SettingsInput, settingsSchema } from "../../../../src/protocol/settings.ts";
import type { CompareInput } from "../../../../src/runs/compare/compare.ts";
import { RunTrace } from "../../../../src/runs/compare/compareTrace.ts";

export function sampleLayer(name: string, total: number, remaining: number): LayerSummary {
  const sparsity = total === 0 ? 0 : 1 - remaining / total;
  return {
    name,
    shape: [total / 10, 10],
    total,
    remaining,
    sparsity,
    units: { count: 10, stride: 1, of: "units" },
    unitsAlive: 10,
  };
}

export function numbered(events: readonly NewEvent[]): RunEvent[] {
  return events.map((event, index) => ({ seq: index + 1, time: 1_700_000_000_000 + index * 1000, ...event }));
}

export const DENSE = [sampleLayer("a/kernel", 100, 100), sampleLayer("b/kernel", 20, 20)];

export function epochEvent(epoch: number, remaining: readonly number[], metric: number): NewEvent {
  return {
    type: "epoch",
    phase: "recover",
    epoch,
    epochsPlanned: 9,
    learningRate: 0.1,
    lambda: 0,
    loss: 0.2,
    validation: { loss: 0.25, metric },
    sparsity: 1 - remaining.reduce((sum, count) => sum + count, 0) / 120,
    remaining: [...remaining],
    unitsAlive: [10, 10],
    seconds: epoch * 2,
  };
}

export function pruneEvent(epoch: number, remaining: readonly [number, number], metric: number): NewEvent {
  const [a, b] = remaining;
  return {
    type: "prune",
    epoch,
    threshold: 0.1,
    pruned: 60,
    sparsity: 1 - (a + b) / 120,
    validation: { loss: 0.3, metric },
    layers: [sampleLayer("a/kernel", 100, a), sampleLayer("b/kernel", 20, b)],
  };
}

/** Two epochs, a pruning to one half, two more epochs. */
export const COURSE: readonly NewEvent[] = [
  { type: "model", layers: DENSE, params: 132, metric: "accuracy", better: "higher" },
  { type: "step", phase: "train", epoch: 1, step: 3, stepsPerEpoch: 7, loss: 1 },
  epochEvent(1, [100, 20], 0.9),
  { type: "reference", validation: { loss: 0.25, metric: 0.9 } },
  epochEvent(2, [100, 20], 0.92),
  pruneEvent(2, [50, 10], 0.88),
  epochEvent(3, [50, 10], 0.91),
];

export interface SampleRun {
  readonly id: string;
  readonly seed?: number;
  /** 0..1; without it the run has no result. */
  readonly sparsity?: number;
  readonly validation?: number;
  readonly test?: number;
  readonly state?: RunState;
  readonly settings?: SettingsInput;
  readonly record?: Partial<RunRecord>;
  readonly events?: readonly NewEvent[];
}

export function sampleInput(sample: SampleRun): CompareInput {
  const { id, seed = 0, sparsity, state = sparsity === undefined ? "running" : "done" } = sample;
  const trace = new RunTrace();
  trace.fold(numbered(sample.events ?? COURSE));
  const score = (metric: number) => ({ loss: 0.1, metric });
  const result: RunRecord["result"] =
    sparsity === undefined
      ? undefined
      : {
          id,
          status: "done",
          engine: "wasm",
          seed,
          seconds: 60 + seed,
          epochs: 30,
          sparsity,
          params: { total: 132, remaining: Math.round(132 * (1 - sparsity)) },
          layers: [sampleLayer("a/kernel", 100, Math.round(100 * (1 - sparsity))), sampleLayer("b/kernel", 20, 20)],
          reference: score(0.98),
          validation: score(sample.validation ?? 0.97),
          test: score(sample.test ?? 0.96),
          referenceTest: score(0.975),
        };
  return {
    run: { dir: `/runs/${id}`, id },
    name: "lenet300",
    state,
    trace,
    record: {
      format: 1,
      id,
      name: "lenet300",
      createdAt: `2026-11-24T10:${String(seed).padStart(2, "0")}:00.000Z`,
      updatedAt: "2026-11-24T11:00:00.000Z",
      state: state === "interrupted" ? "running" : state,
      plan: { modelFile: "/models/lenet.model.ts", exportName: "lenet300", overrides: {} },
      settings: settingsSchema.parse({ seed, ...sample.settings }),
      model: { sha256: "a".repeat(64), source: "source/lenet.model.ts" },
      data: { spec: "digits", sha256: "d".repeat(64), train: 900, validation: 100, test: 100 },
      engine: { name: "wasm", reason: "asked for", versions: { tfjs: "4.22.0" } },
      machine: { host: "box", platform: "linux-x64", cpu: "some", cores: 2, memoryGiB: 8, node: "v24.0.0" },
      ...(result === undefined ? {} : { result }),
      ...sample.record,
    },
  };
}
