/** What the panel shows of a run, folded from its events. No browser in here. */
import type { Phase, RunEvent } from "../../protocol/events.ts";
import { withRemaining } from "../../protocol/layers.ts";
import { followPace, NO_PACE, type Pace } from "../../protocol/pace.ts";
import type { ErrorRecord, ExecutionRecord, LayerSummary, RunResult, Score } from "../../protocol/run.ts";

/** How the run stood after an epoch, or after the pruning that followed it. */
export interface EpochPoint {
  readonly epoch: number;
  readonly phase: Phase;
  /** The weights have just been removed; the same epoch has a point from before. */
  readonly isPruned: boolean;
  /** 0..1 */
  readonly sparsity: number;
  /** First metric, where it was taken, and loss on the validation split. */
  readonly metric: number | null;
  readonly loss: number;
  /** Over the steps of the epoch; null right after a pruning. */
  readonly trainingLoss: number | null;
}

export interface Pruning {
  readonly epoch: number;
  /** Weights removed. */
  readonly pruned: number;
  readonly threshold: number;
  /** After it, 0..1. */
  readonly sparsity: number;
}

export type Probe = Extract<RunEvent, { type: "probe" }>;

export type Histogram = Extract<RunEvent, { type: "histogram" }>;

/** One search for a threshold. */
export interface Search {
  /** Epochs that were over when it began. */
  readonly epoch: number;
  readonly probes: readonly Probe[];
}

export interface RunView {
  readonly engine: string;
  /** How steps are computed, as soon as it is known. */
  readonly execution?: ExecutionRecord;
  readonly metric: string;
  /** Of the dense model, on the validation split. */
  readonly reference?: Score;
  readonly phase: Phase | "";
  readonly epoch: number;
  /** For progress and time left. */
  readonly pace: Pace;
  /** Training loss of the last step. */
  readonly loss?: number;
  readonly layers: readonly LayerSummary[];
  readonly epochs: readonly EpochPoint[];
  readonly prunings: readonly Pruning[];
  /** The newest last; the older ones of a long run are left out. */
  readonly searches: readonly Search[];
  /** After the last epoch; `irrelevance` after the last regularized one. Absent in logs of 0.1.0. */
  readonly weights?: Histogram;
  readonly irrelevance?: Histogram;
  /** Weights of the user's model and of the network that is trained, where that is smaller. */
  readonly trained?: Extract<RunEvent, { type: "compacted" }>["weights"];
  /** Seconds of a step, in the fastest dense epoch and in the last one; undefined before, and in logs that do not say. */
  readonly stepSeconds?: { readonly first: number; readonly last: number };
  /** Of the last epoch: steps so far, and seconds that they took. */
  readonly spent: { readonly steps: number; readonly train: number };
  readonly warnings: readonly string[];
  readonly result?: RunResult;
  readonly error?: ErrorRecord;
}

export const EMPTY_VIEW: RunView = {
  engine: "",
  metric: "metric",
  phase: "",
  epoch: 0,
  pace: NO_PACE,
  layers: [],
  epochs: [],
  prunings: [],
  searches: [],
  spent: { steps: 0, train: 0 },
  warnings: [],
};

/** What is kept of what a long run has many of. */
const MOST_SEARCHES = 50;
const MOST_WARNINGS = 5;

/** `view` brought up to date; events come in order, each once. */
export function foldEvents(view: RunView, events: readonly RunEvent[]): RunView {
  const epochs = [...view.epochs];
  const prunings = [...view.prunings];
  let next: RunView = { ...view };
  for (const event of events) {
    switch (event.type) {
      case "engine":
        next = { ...next, engine: event.engine.name };
        break;
      case "execution":
        next = { ...next, execution: event.execution };
        break;
      case "model":
        next = { ...next, metric: event.metric, layers: event.layers };
        break;
      case "step": {
        const { phase, epoch, loss } = event;
        next = { ...next, phase, epoch, loss, pace: followPace(next.pace, event) };
        break;
      }
      case "epoch": {
        const { phase, epoch, sparsity } = event;
        epochs.push({ epoch, phase, isPruned: false, sparsity, trainingLoss: event.loss, ...event.validation });
        const layers = withRemaining(next.layers, event.remaining, event.unitsAlive);
        next = { ...withStepTime(next, event), phase, epoch, pace: followPace(next.pace, event), layers };
        break;
      }
      case "phase":
        next = { ...next, phase: event.phase };
        if (event.phase === "search") {
          next = { ...next, searches: [...next.searches, { epoch: next.epoch, probes: [] }].slice(-MOST_SEARCHES) };
        }
        break;
      case "probe":
        next = { ...next, searches: withProbe(next.searches, event, next.epoch) };
        break;
      case "reference":
        next = { ...next, reference: event.validation };
        break;
      case "prune": {
        const { epoch, sparsity, pruned, threshold } = event;
        epochs.push({ epoch, phase: "prune", isPruned: true, sparsity, trainingLoss: null, ...event.validation });
        prunings.push({ epoch, pruned, threshold, sparsity });
        next = { ...next, layers: event.layers };
        break;
      }
      case "compacted":
        next = { ...next, trained: event.weights };
        break;
      case "warning":
        next = { ...next, warnings: [...next.warnings, event.message].slice(-MOST_WARNINGS) };
        break;
      case "failed":
        next = { ...next, error: event.error };
        break;
      case "result":
        next = { ...next, result: event.result, layers: event.result.layers };
        break;
      case "histogram": {
        const isRegularized = event.layers.some((layer) => layer.irrelevance !== undefined);
        next = { ...next, weights: event, ...(isRegularized ? { irrelevance: event } : {}) };
        break;
      }
      case "state":
      case "checkpoint":
      case "resumed":
        break;
      default:
        event satisfies never;
    }
  }
  const isGrown = epochs.length > view.epochs.length;
  // The same lists as before where nothing has come to them: charts are drawn again when their list is another.
  return { ...next, epochs: isGrown ? epochs : view.epochs, prunings: isGrown ? prunings : view.prunings };
}

/** In the first epoch of a phase steps are recorded as well. */
function withStepTime(view: RunView, { phase, steps, spent }: Extract<RunEvent, { type: "epoch" }>): RunView {
  if (steps === undefined || spent === undefined || steps <= view.spent.steps) return view;
  const last = (spent.train - view.spent.train) / (steps - view.spent.steps);
  const before = view.stepSeconds?.first ?? last;
  const first = phase === "train" ? Math.min(before, last) : before;
  return { ...view, stepSeconds: { first, last }, spent: { steps, train: spent.train } };
}

function withProbe(searches: readonly Search[], probe: Probe, epoch: number): readonly Search[] {
  const last = searches.at(-1) ?? { epoch, probes: [] };
  return [...searches.slice(0, -1), { ...last, probes: [...last.probes, probe] }];
}

/** Sparsity of all layers together, 0..1. */
export function totalSparsity(layers: readonly LayerSummary[]): number {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const remaining = layers.reduce((sum, layer) => sum + layer.remaining, 0);
  return total === 0 ? 0 : 1 - remaining / total;
}
