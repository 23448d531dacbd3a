/** What a run did to each layer so far, folded from its events. No editor in here. */
import type { RunEvent } from "../../protocol/events.ts";
import { withRemaining } from "../../protocol/layers.ts";
import type { LayerSummary } from "../../protocol/run.ts";

/** The layers after an epoch and, where it was followed by one, after the pruning. */
export interface LayerPoint {
  /** Of the epoch's event. */
  readonly seq: number;
  readonly epoch: number;
  readonly layers: readonly LayerSummary[];
}

export interface RunDetails {
  /** Newest. */
  readonly layers: readonly LayerSummary[];
  /** One point an epoch, oldest first. */
  readonly history: readonly LayerPoint[];
}

export const NO_DETAILS: RunDetails = { layers: [], history: [] };

/** `before` brought up to date; events in order, each once. */
export function foldDetails(before: RunDetails, events: readonly RunEvent[]): RunDetails {
  let layers = before.layers;
  let history = before.history;
  for (const event of events) {
    switch (event.type) {
      case "model":
        // A run that is resumed says it again; what it had pruned stays pruned.
        layers = history.at(-1)?.layers ?? event.layers;
        break;
      case "epoch":
        layers = withRemaining(layers, event.remaining, event.unitsAlive);
        history = [...history, { seq: event.seq, epoch: event.epoch, layers }];
        break;
      case "prune": {
        layers = event.layers;
        const last = history.at(-1);
        if (last?.epoch === event.epoch) {
          history = [...history.slice(0, -1), { ...last, layers }];
        }
        break;
      }
      case "resumed":
        history = history.filter((point) => point.seq <= event.after);
        layers = history.at(-1)?.layers ?? layers;
        break;
      case "result":
        layers = event.result.layers;
        break;
      default:
        // The other kinds say nothing about layers.
        break;
    }
  }
  return layers === before.layers && history === before.history ? before : { layers, history };
}
