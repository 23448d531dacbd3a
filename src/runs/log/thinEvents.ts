/** Of a long log what a picture of the run needs. No pruning, no milestone is ever left out. */
import { downsample } from "../../protocol/downsample.ts";
import type { RunEvent } from "../../protocol/events.ts";

type Epoch = Extract<RunEvent, { type: "epoch" }>;

/** Logs up to this length are shown as they are. */
const SHORT = 300;
/** Points for each curve. */
const MOST_EPOCHS = 1000;
/** Searches whose probes are kept. */
const MOST_SEARCHES = 50;

export function thinEvents(events: readonly RunEvent[]): readonly RunEvent[] {
  if (events.length <= SHORT) {
    return events;
  }
  const epochs = pickEpochs(events.filter((event) => event.type === "epoch"));
  const searches = events.filter((event) => event.type === "phase" && event.phase === "search");
  const firstProbe = searches.at(-MOST_SEARCHES)?.seq ?? 0;
  const lastStep = lastSeq(events, (event) => event.type === "step");
  const lastCheckpoint = lastSeq(events, (event) => event.type === "checkpoint");
  const lastSpread = lastSeq(events, (event) => event.type === "histogram");
  const lastIrrelevance = lastSeq(events, hasIrrelevance);
  return events.filter((event) => {
    switch (event.type) {
      case "step":
        return event.seq === lastStep;
      case "checkpoint":
        return event.seq === lastCheckpoint;
      case "histogram":
        return event.seq === lastSpread || event.seq === lastIrrelevance;
      case "probe":
        return event.seq >= firstProbe;
      case "epoch":
        return epochs.has(event.seq);
      default:
        return true;
    }
  });
}

/** The points that the curves of sparsity and metric need, and the last two, from which the time of an epoch is read. */
function pickEpochs(epochs: readonly Epoch[]): ReadonlySet<number> {
  const pick = (all: readonly Epoch[], value: (event: Epoch) => number): readonly Epoch[] =>
    downsample(all, MOST_EPOCHS, (event) => event.epoch, value).flatMap((index) => all[index] ?? []);
  const scored = epochs.filter((event) => event.validation.metric !== null);
  const kept = [...pick(epochs, (event) => event.sparsity), ...pick(scored, (event) => event.validation.metric ?? 0)];
  return new Set([...kept, ...epochs.slice(-2)].map(({ seq }) => seq));
}

function hasIrrelevance(event: RunEvent): boolean {
  return event.type === "histogram" && event.layers.some((layer) => layer.irrelevance !== undefined);
}

function lastSeq(events: readonly RunEvent[], fits: (event: RunEvent) => boolean): number {
  return events.findLast(fits)?.seq ?? 0;
}
