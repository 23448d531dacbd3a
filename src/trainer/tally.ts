/** The metric of a split, put together from its batches. */
import type * as Tf from "@tensorflow/tfjs";
import type { Metric } from "../models/experiment.ts";
import { alongside } from "../models/losses/weightedMean.ts";
import { isTextMetric, type TextMetric } from "../models/textMetrics.ts";
import { usageError } from "../protocol/errors.ts";

type TF = typeof Tf;

export interface Tally {
  /**
   * What a batch adds: part of a program.
   * @param weights of examples `[batch]` or of parts of them `[batch, …]`; all alike where absent
   */
  read(yTrue: Tf.Tensor, yPred: Tf.Tensor, weights: Tf.Tensor | undefined): Tf.Tensor[];
  /** A split begins. */
  start(): Count;
}

interface Count {
  /** @param read what `read` gave for a batch of so many examples */
  add(read: readonly Tf.Tensor[], count: number): void;
  /** @throws WhittleError (usage) where nothing of the split counts */
  value(): number;
}

/** @param metric one of texts adds nothing: it is not of outputs */
export function createTally(tf: TF, metric: Metric | TextMetric): Tally {
  if (isTextMetric(metric)) return { read: () => [], start: () => ({ add: () => undefined, value: () => Number.NaN }) };
  const { summarize } = metric;
  return summarize === undefined ? meanOf(tf, metric) : wholeOf(tf, metric, summarize);
}

/** Σ w·v / Σ w */
function meanOf(tf: TF, metric: Metric): Tally {
  return {
    read(yTrue, yPred, weights) {
      const values = tf.cast(metric.compute(yTrue, yPred), "float32");
      const perExample = values.size / (values.shape[0] ?? 1);
      if (weights !== undefined) {
        const own = weightsFor(tf, weights, values.shape);
        return [tf.sum(tf.mul(values, own)), tf.sum(own)];
      }
      const sum = tf.sum(values);
      return [perExample === 1 ? sum : tf.div(sum, perExample)];
    },
    start() {
      let [total, weight] = [0, 0];
      return {
        add([sum, weights], count) {
          total += sum?.dataSync()[0] ?? Number.NaN;
          weight += weights?.dataSync()[0] ?? count;
        },
        value() {
          checkCounted(weight);
          const mean = total / weight;
          return metric.finish?.(mean) ?? mean;
        },
      };
    },
  };
}

function wholeOf(tf: TF, metric: Metric, summarize: NonNullable<Metric["summarize"]>): Tally {
  return {
    read(yTrue, yPred, weights) {
      const given = tf.cast(metric.compute(yTrue, yPred), "float32");
      const rows = given.rank < 2 ? tf.reshape(given, [-1, 1]) : given;
      const flat = tf.reshape(rows, [-1, rows.shape.at(-1) ?? 1]);
      if (weights === undefined) return [flat];
      return [flat, tf.reshape(weightsFor(tf, weights, rows.shape.slice(0, -1)), [-1])];
    },
    start() {
      const read: { readonly values: Float32Array; readonly width: number; readonly weights: Float32Array }[] = [];
      return {
        add([rows, weights]) {
          const [length = 0, width = 1] = rows?.shape ?? [];
          read.push({
            values: Float32Array.from(rows?.dataSync() ?? []),
            width,
            weights: weights === undefined ? new Float32Array(length).fill(1) : Float32Array.from(weights.dataSync()),
          });
        },
        value() {
          // What does not count is not there: its classes, for one, would be classes that nothing is right about.
          const counted = (of: Float32Array) => of.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0);
          const count = read.reduce((sum, batch) => sum + counted(batch.weights), 0);
          checkCounted(count);
          const columns = Array.from({ length: read[0]?.width ?? 1 }, () => new Float32Array(count));
          const weights = new Float32Array(count);
          let row = 0;
          for (const batch of read) {
            for (const [at, weight] of batch.weights.entries()) {
              if (!(weight > 0)) continue;
              weights[row] = weight;
              for (const [column, into] of columns.entries()) into[row] = batch.values[at * batch.width + column] ?? 0;
              row += 1;
            }
          }
          return summarize(columns, weights);
        },
      };
    },
  };
}

/** One for each value. Where a value is of more than weights tell apart, it has the sum of theirs. */
function weightsFor(tf: TF, weights: Tf.Tensor, shape: number[]): Tf.Tensor {
  if (weights.rank > shape.length) {
    const beyond = weights.shape.slice(shape.length).map((_, at) => shape.length + at);
    return tf.sum(weights, beyond);
  }
  return tf.mul(alongside(tf, weights, shape.length), tf.ones(shape));
}

function checkCounted(weight: number): void {
  if (weight > 0) return;
  throw usageError(
    "No target of a split counts: each has the weight 0, or is the one that ignoreTarget names.",
    "Give weights above 0, or other targets.",
  );
}
