/** Where the batches of an epoch come from: a split in memory, in an order drawn from the seed. */
import { createRandom, permutation } from "../data/random.ts";
import type { DataSet } from "../data/types.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Batch } from "./batches.ts";
import type { Network } from "./network.ts";

export interface EpochSource {
  /**
   * The batch of this step (epochs and steps from 0), which the caller disposes. Steps are asked for in order, from any on.
   * @returns undefined where it is still being made; to be asked for again
   */
  batch(epoch: number, step: number): Batch | Promise<Batch | undefined>;
  close(): void;
}

type Rhythm = Pick<Settings, "batchSize" | "seed">;

export function createEpochSource(network: Network, data: DataSet, { batchSize, seed }: Rhythm): EpochSource {
  /** Of the current epoch, made on demand. */
  let order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;
  const orderOf = (epoch: number): Uint32Array => {
    if (order?.epoch !== epoch) {
      order = { epoch, indices: permutation(data.train.count, createRandom(seed, "shuffle", epoch)) };
    }
    return order.indices;
  };
  return {
    batch(epoch, step) {
      const from = step * batchSize;
      return network.batch(data, orderOf(epoch), from, Math.min(data.train.count, from + batchSize));
    },
    close: () => undefined,
  };
}
