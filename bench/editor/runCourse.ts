/** The course of a run that was never trained, as long as wanted, in the proportions of a real log. */

import type { NewEvent, Phase } from "../../src/protocol/events.ts";
import type { LayerSummary, Score } from "../../src/protocol/run.ts";
import type { Course } from "../../test/integration/storedRuns.ts";

/** Of each layer: bins as in docs/architecture.md. */
const BINS = { weights: 40, irrelevance: 20 };
const SEARCH_EVERY = 4;
const PROBES = 8;

/**
 * @param size.epochs of the run
 * @param size.steps `step` events in each
 * @returns a `course` for storeRun
 */
export function runCourse({ epochs, steps }: { readonly epochs: number; readonly steps: number }): Course {
  return (result, layersAt) => {
    const events: NewEvent[] = [
      { type: "model", layers: layersAt(0), params: 265_610, metric: "accuracy", better: "higher" },
    ];
    const scoreAt = (part: number): Score => ({
      loss: 0.1 + 0.5 / (1 + 20 * part),
      metric: result.validation.metric - 0.05 * (1 - part),
    });
    let sparsity = 0;
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      const part = epoch / epochs;
      const phase: Phase = part > 0.3 ? "recover" : "train";
      for (let step = 1; step <= steps; step += 1) {
        events.push({ type: "step", phase, epoch, step: step * 8, stepsPerEpoch: steps * 8, loss: 0.3 + 0.1 / step });
        if (step % 16 === 0) {
          events.push({ type: "checkpoint", file: `checkpoints/${events.length}.safetensors` });
        }
      }
      events.push(
        ...endOfEpoch({ phase, epoch, epochs, sparsity, validation: scoreAt(part), layers: layersAt(sparsity) }),
      );
      if (phase === "recover" && epoch % SEARCH_EVERY === 0) {
        const goal = result.sparsity * part;
        events.push(...search({ epoch, from: sparsity, to: goal, validation: scoreAt(part), layers: layersAt(goal) }));
        sparsity = goal;
      }
    }
    return events;
  };
}

interface Moment {
  readonly epoch: number;
  readonly validation: Score;
  readonly layers: readonly LayerSummary[];
}

interface EpochEnd extends Moment {
  readonly phase: Phase;
  readonly epochs: number;
  readonly sparsity: number;
}

function endOfEpoch({ phase, epoch, epochs, sparsity, validation, layers }: EpochEnd): NewEvent[] {
  const bins = (count: number): number[] => Array.from({ length: count }, (_, bin) => (bin * 97 * epoch) % 5000);
  return [
    {
      type: "epoch",
      phase,
      epoch,
      epochsPlanned: epochs,
      learningRate: 0.001,
      lambda: 6e-4,
      loss: 0.6 / epoch,
      validation,
      sparsity,
      remaining: layers.map((layer) => layer.remaining),
      unitsAlive: layers.map((layer) => layer.unitsAlive ?? null),
      seconds: epoch * 5,
    },
    {
      type: "histogram",
      epoch,
      layers: layers.map(() => ({
        limit: 0.5,
        weights: bins(BINS.weights),
        ...(phase === "recover" ? { irrelevance: bins(BINS.irrelevance) } : {}),
      })),
    },
  ];
}

interface Search extends Moment {
  /** Sparsity. */
  readonly from: number;
  readonly to: number;
}

function search({ epoch, from, to, validation, layers }: Search): NewEvent[] {
  const probes = Array.from(
    { length: PROBES },
    (_, index): NewEvent => ({
      type: "probe",
      threshold: 0.01 + 0.001 * index,
      sparsity: from + ((to - from) * (index + 1)) / PROBES,
      validation,
      accepted: index % 2 === 1,
      limit: validation.loss * 1.2,
    }),
  );
  const reached = { sparsity: to, validation, layers: [...layers] };
  return [
    { type: "phase", phase: "search", reason: "interval" },
    ...probes,
    { type: "phase", phase: "prune", reason: "threshold found" },
    { type: "prune", epoch, threshold: 0.017, pruned: 1000, ...reached },
    { type: "phase", phase: "recover", reason: "pruned" },
  ];
}
