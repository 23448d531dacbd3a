/** What the panel shows of a run, folded from its events. No browser in here. */
import type { RunEvent } from "../protocol/events.ts";
import type { ErrorRecord, LayerSummary, RunResult, Score } from "../protocol/run.ts";

/** How the run stood after an epoch and, where it was followed by one, after the pruning. */
export interface EpochPoint {
  readonly epoch: number;
  /** 0..1 */
  readonly sparsity: number;
  /** First metric on the validation split. */
  readonly metric: number;
}

export interface RunView {
  readonly engine: string;
  readonly metric: string;
  /** Of the dense model, on the validation split. */
  readonly reference?: Score;
  readonly phase: string;
  readonly epoch: number;
  readonly epochsPlanned: number;
  /** Of the epoch under way, 0..1. */
  readonly epochPart: number;
  /** Training loss of the last step. */
  readonly loss?: number;
  readonly layers: readonly LayerSummary[];
  readonly epochs: readonly EpochPoint[];
  /** Epochs after which weights were removed. */
  readonly prunedAfter: ReadonlySet<number>;
  readonly result?: RunResult;
  readonly error?: ErrorRecord;
}

export const EMPTY_VIEW: RunView = {
  engine: "",
  metric: "metric",
  phase: "",
  epoch: 0,
  epochsPlanned: 0,
  epochPart: 0,
  layers: [],
  epochs: [],
  prunedAfter: new Set(),
};

/** `view` brought up to date; events come in order, each once. */
export function foldEvents(view: RunView, events: readonly RunEvent[]): RunView {
  const epochs = [...view.epochs];
  const prunedAfter = new Set(view.prunedAfter);
  let next: RunView = { ...view, epochs, prunedAfter };
  for (const event of events) {
    switch (event.type) {
      case "engine":
        next = { ...next, engine: event.engine.name };
        break;
      case "model":
        next = { ...next, metric: event.metric, layers: event.layers };
        break;
      case "step": {
        const { phase, epoch, loss } = event;
        next = { ...next, phase, epoch, loss, epochPart: event.step / event.stepsPerEpoch };
        break;
      }
      case "epoch": {
        const { phase, epoch, epochsPlanned, sparsity } = event;
        epochs.push({ epoch, sparsity, metric: event.validation.metric });
        const layers = withRemaining(next.layers, event.remaining, event.unitsAlive);
        next = { ...next, phase, epoch, epochsPlanned, epochPart: 1, layers };
        break;
      }
      case "phase":
        next = { ...next, phase: event.phase };
        break;
      case "reference":
        next = { ...next, reference: event.validation };
        break;
      case "prune":
        prunedAfter.add(event.epoch);
        if (epochs.at(-1)?.epoch === event.epoch) {
          epochs.pop();
        }
        epochs.push({ epoch: event.epoch, sparsity: event.sparsity, metric: event.validation.metric });
        next = { ...next, layers: event.layers };
        break;
      case "failed":
        next = { ...next, error: event.error };
        break;
      case "result":
        next = { ...next, result: event.result, layers: event.result.layers };
        break;
      case "state":
      case "probe":
      case "checkpoint":
      case "resumed":
      case "warning":
        break;
      default:
        event satisfies never;
    }
  }
  return next;
}

/** Sparsity of all layers together, 0..1. */
export function totalSparsity(layers: readonly LayerSummary[]): number {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const remaining = layers.reduce((sum, layer) => sum + layer.remaining, 0);
  return total === 0 ? 0 : 1 - remaining / total;
}

function withRemaining(
  layers: readonly LayerSummary[],
  remaining: readonly number[],
  unitsAlive: readonly number[],
): readonly LayerSummary[] {
  return layers.map((layer, index) => {
    const left = remaining[index] ?? layer.remaining;
    const sparsity = layer.total === 0 ? 0 : 1 - left / layer.total;
    return { ...layer, remaining: left, sparsity, unitsAlive: unitsAlive[index] ?? layer.unitsAlive };
  });
}
