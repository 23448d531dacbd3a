/** Where a case begins: weights, masks and a batch, the same in every process. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom } from "../../src/data/random.ts";
import type { Update } from "../../src/pruning/update.ts";
import type { Network } from "../../src/trainer/network.ts";
import { drawBatchOf, type SpeedCase } from "./cases.ts";

export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Puts the weights and masks in place. @returns them and the batch, by the names that the twin knows */
export function putStart(
  tf: typeof Tf,
  network: Network,
  update: Update,
  one: SpeedCase,
): { readonly tensors: StoredTensor[]; readonly x: Float32Array; readonly y: Int32Array } {
  const tensors: StoredTensor[] = [];
  // Initializers draw as they like.
  for (const { name, variable, prunable } of network.parameters) {
    const random = createRandom("weights", name);
    const scale = 1 / Math.sqrt(variable.size / (variable.shape.at(-1) ?? 1));
    const isScale = /gamma|norms.*weight/.test(name);
    const values = Float32Array.from({ length: variable.size }, () =>
      isScale ? 1 : variable.rank === 1 ? 0 : scale * 2 * (random.next() - 0.5),
    );
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    if (prunable) {
      const mask = Float32Array.from({ length: variable.size }, () => (random.next() < 0.5 ? 0 : 1));
      update.setMask(name, mask);
      tensors.push({ name: `mask:${name}`, shape: variable.shape, values: mask });
    }
    const shown = variable.dataSync() as Float32Array;
    tensors.push({ name: `weight:${name}`, shape: variable.shape, values: Float32Array.from(shown) });
  }
  const { x, y } = drawBatchOf(one, 1);
  tensors.push({ name: "x", shape: [one.batch, ...one.x.shape], values: x });
  tensors.push({ name: "y", shape: [one.batch, ...one.y.shape], values: Float32Array.from(y) });
  return { tensors, x, y };
}
