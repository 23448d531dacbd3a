/** Where the batches of an epoch come from: a split in memory, in an order drawn from the seed, or a stream. */
import { type Batch as RawBatch, streamBatches } from "../data/batches.ts";
import { createRandom, permutation } from "../data/random.ts";
import { type AnyDataSet, type DataSet, isStreamed, type StreamedDataSet } from "../data/types.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Augment } from "./augmentation.ts";
import type { Batch } from "./batches.ts";
import type { Network } from "./network.ts";

export interface EpochSource {
  /**
   * The batches of this step (epochs and steps from 0), which the caller disposes. Steps are asked for in order, from any on.
   * @returns undefined where one is still being made; to be asked for again
   */
  batches(epoch: number, step: number): Promise<readonly Batch[] | undefined>;
  /** Of what has not been given yet. */
  close(): void;
}

/** As an EpochSource, one by one. */
interface BatchSource {
  batch(epoch: number, index: number): Batch | Promise<Batch | undefined>;
  close(): void;
}

/** Milliseconds of waiting for a batch, after which others have a turn. */
const PATIENCE_MS = 100;

type Rhythm = Pick<Settings, "batchSize" | "accumulate" | "seed">;

/** @param augment changes each batch, by a stream of its own */
export function createEpochSource(network: Network, data: AnyDataSet, rhythm: Rhythm, augment?: Augment): EpochSource {
  const { batchSize, accumulate, seed } = rhythm;
  const source = isStreamed(data) ? streamed(network, data, rhythm) : held(network, data, rhythm);
  const all = Math.ceil(data.train.count / batchSize);
  /** Of a step that is not complete yet. */
  let begun: Batch[] = [];
  return {
    async batches(epoch, step) {
      const first = step * accumulate;
      while (begun.length < Math.min(accumulate, all - first)) {
        const index = first + begun.length;
        const batch = await source.batch(epoch, index);
        if (batch === undefined) return undefined;
        begun.push(augment?.(batch, createRandom(seed, "augment", epoch, index)) ?? batch);
      }
      const complete = begun;
      begun = [];
      return complete;
    },
    close() {
      for (const batch of begun) batch.dispose();
      begun = [];
      source.close();
    },
  };
}

function held(network: Network, data: DataSet, { batchSize, seed }: Rhythm): BatchSource {
  /** Of the current epoch, made on demand. */
  let order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;
  const orderOf = (epoch: number): Uint32Array => {
    if (order?.epoch !== epoch) {
      const drawn = permutation(data.train.count, createRandom(seed, "shuffle", epoch));
      order = { epoch, indices: network.batches.arrange(data, drawn, batchSize, createRandom(seed, "batches", epoch)) };
    }
    return order.indices;
  };
  return {
    batch(epoch, index) {
      const from = index * batchSize;
      return network.batches.training(data, orderOf(epoch), from, Math.min(data.train.count, from + batchSize));
    },
    close: () => undefined,
  };
}

async function unlessLate<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The next batch is asked for before the step on the current one: what it waits for, such as files, comes meanwhile. */
function streamed(network: Network, data: StreamedDataSet, { batchSize }: Rhythm): BatchSource {
  let open: { readonly epoch: number; readonly batches: AsyncGenerator<RawBatch, void> } | undefined;
  let coming: Promise<IteratorResult<RawBatch, void>> | undefined;
  const close = (): void => {
    // Only when it has given what it was asked for: it may be waiting for something that never comes.
    open?.batches.return().catch(() => undefined);
    open = coming = undefined;
  };
  const ask = (batches: AsyncGenerator<RawBatch, void>) => {
    const asked = batches.next();
    // Whoever waits for it is told; that may be nobody, where the run is stopped before.
    asked.catch(() => undefined);
    return asked;
  };
  return {
    async batch(epoch, index) {
      if (open?.epoch !== epoch) {
        close();
        open = { epoch, batches: streamBatches(data, epoch, batchSize, index) };
      }
      const { batches } = open;
      coming ??= ask(batches);
      const result = await unlessLate(coming);
      if (result === undefined) return undefined;
      if (result.done === true) throw new Error(`epoch ${epoch} has no batch ${index}`);
      coming = ask(batches);
      return network.batches.copied(data, result.value);
    },
    close,
  };
}
