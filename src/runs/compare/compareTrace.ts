/** What a comparison needs of a run's events, folded one by one: step events leave no more than the count of steps. */
import type { Better, CurvePoint, RunCurve } from "../../protocol/comparison.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { withRemaining } from "../../protocol/layers.ts";
import type { LayerSummary, Score } from "../../protocol/run.ts";
import type { Run } from "../files/layout.ts";
import { readEventChunks } from "../log/eventChunks.ts";
import { LOG_START } from "../log/eventLines.ts";

interface Epoch {
  readonly seq: number;
  readonly point: Omit<CurvePoint, "prunedTo">;
  /** Per layer, weights and units left. */
  readonly remaining: readonly number[];
  readonly unitsAlive: readonly (number | null)[];
  /** The pruning that followed. */
  readonly pruning?: { readonly seq: number; readonly sparsity: number; readonly layers: readonly LayerSummary[] };
}

/** More epochs than this are not drawn. */
const MOST_POINTS = 2000;

/** A run's course so far; grows with the log. */
export class RunTrace {
  #position = LOG_START;
  #metric: string | undefined;
  #better: Better | undefined;
  #reference: Score | undefined;
  #denseLayers: readonly LayerSummary[] = [];
  #stepsPerEpoch = 0;
  readonly #epochs: Epoch[] = [];

  /**
   * Reads what the log has got since the last call. Calls must not overlap.
   * @returns whether anything that is compared has changed
   */
  async update(run: Run): Promise<boolean> {
    let hasChanged = false;
    this.#position = await readEventChunks(
      run,
      (events) => {
        hasChanged = this.fold(events) || hasChanged;
      },
      this.#position,
    );
    return hasChanged;
  }

  /** @param events in order, as they were written @returns whether anything that is compared has changed */
  fold(events: readonly RunEvent[]): boolean {
    let hasChanged = false;
    for (const event of events) {
      hasChanged = this.#take(event) || hasChanged;
    }
    return hasChanged;
  }

  /** Name of the first metric. */
  get metric(): string | undefined {
    return this.#metric;
  }

  get better(): Better | undefined {
    return this.#better;
  }

  /** The dense model on the validation split. */
  get reference(): Score | undefined {
    return this.#reference;
  }

  /** The newest epoch, as it stood before the pruning that may have followed. */
  get last(): CurvePoint | undefined {
    return this.#pointAt(this.#epochs.length - 1);
  }

  /** Of the newest epoch that has one. */
  get lastScore(): Score | undefined {
    const { loss, metric } =
      this.#epochs.findLast(({ point }) => point.validation.metric !== null)?.point.validation ?? {};
    return loss === undefined || metric === undefined || metric === null ? undefined : { loss, metric };
  }

  get prunings(): number {
    return this.#epochs.filter((epoch) => epoch.pruning !== undefined).length;
  }

  /** As they stand now. */
  get layers(): readonly LayerSummary[] {
    const last = this.#epochs.at(-1);
    if (last?.pruning !== undefined) {
      return last.pruning.layers;
    }
    return withRemaining(this.#denseLayers, last?.remaining ?? [], last?.unitsAlive ?? []);
  }

  /** Thinned where it is very long; epochs before a pruning and the last one are always there. */
  curve(id: string): RunCurve {
    const every = Math.ceil(this.#epochs.length / MOST_POINTS) || 1;
    const kept = this.#epochs.flatMap((epoch, index) => {
      const point = this.#pointAt(index);
      const isLast = index === this.#epochs.length - 1;
      return point !== undefined && (index % every === 0 || epoch.pruning !== undefined || isLast) ? [point] : [];
    });
    return { id, every, points: kept };
  }

  #pointAt(index: number): CurvePoint | undefined {
    const epoch = this.#epochs[index];
    return epoch && { ...epoch.point, ...(epoch.pruning === undefined ? {} : { prunedTo: epoch.pruning.sparsity }) };
  }

  #take(event: RunEvent): boolean {
    switch (event.type) {
      case "model":
        this.#metric = event.metric;
        this.#better = event.better;
        this.#denseLayers = event.layers;
        return true;
      case "step":
        this.#stepsPerEpoch = event.stepsPerEpoch;
        return false;
      case "reference":
        this.#reference = event.validation;
        return true;
      case "epoch": {
        const { seq, epoch, seconds, sparsity, loss, validation, remaining, unitsAlive } = event;
        const point = { epoch, step: epoch * this.#stepsPerEpoch, seconds, sparsity, loss, validation };
        this.#epochs.push({ seq, point, remaining, unitsAlive });
        return true;
      }
      case "prune": {
        const last = this.#epochs.pop();
        if (last !== undefined) {
          const { seq, sparsity, layers } = event;
          this.#epochs.push({ ...last, pruning: { seq, sparsity, layers } });
        }
        return true;
      }
      case "resumed":
        this.#dropAfter(event.after);
        return true;
      default:
        return false;
    }
  }

  /** What came after this number was lost to a crash and happened again. */
  #dropAfter(seq: number): void {
    while ((this.#epochs.at(-1)?.seq ?? 0) > seq) {
      this.#epochs.pop();
    }
    const last = this.#epochs.at(-1);
    if (last?.pruning !== undefined && last.pruning.seq > seq) {
      const { pruning: _, ...before } = last;
      this.#epochs[this.#epochs.length - 1] = before;
    }
  }
}
