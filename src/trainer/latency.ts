/** How long models take for a batch, on this machine and engine. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";

const WARM_UP = 3;
const FEWEST = 5;
const MOST = 50;
/** Milliseconds for the repetitions of one model and batch. */
const LONG_ENOUGH = 1000;

/**
 * Models in turns, so that what else the machine does meets them alike.
 * @returns the median of several, in milliseconds, for each model; undefined where the shape of an example is not known
 */
export function measureLatency(
  tf: TF,
  models: readonly Tf.LayersModel[],
  batch: number,
  now: () => number = () => performance.now(),
): readonly number[] | undefined {
  const shapes = models[0]?.inputs.map(({ shape }) => shape.slice(1)) ?? [];
  if (shapes.some((shape) => shape.includes(null))) return undefined;
  // Numbers below 1: an embedding takes them for its first row.
  const inputs = shapes.map((shape) => tf.randomUniform([batch, ...(shape as number[])], 0, 1, "float32", 1));
  const measure = (model: Tf.LayersModel): number => {
    const start = now();
    tf.tidy(() => {
      for (const output of [model.predictOnBatch(inputs)].flat()) output.dataSync();
    });
    return now() - start;
  };
  const times = models.map(() => [] as number[]);
  const begin = now();
  for (let round = 0; round < WARM_UP + MOST; round += 1) {
    if (round >= WARM_UP + FEWEST && now() - begin > LONG_ENOUGH * models.length) break;
    for (const [index, model] of models.entries()) {
      const time = measure(model);
      if (round >= WARM_UP) times[index]?.push(time);
    }
  }
  tf.dispose(inputs);
  return times.map(median);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
