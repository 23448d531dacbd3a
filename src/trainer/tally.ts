/** The metric of a split, put together from its batches. */
import type * as Tf from "@tensorflow/tfjs";
import type { Metric } from "../models/experiment.ts";

type TF = typeof Tf;

export interface Tally {
  /** What a batch adds: part of a program. */
  read(yTrue: Tf.Tensor, yPred: Tf.Tensor): Tf.Tensor;
  /** A split begins. */
  start(): Count;
}

interface Count {
  /** @param read what `read` gave for a batch of so many examples */
  add(read: Tf.Tensor, count: number): void;
  value(): number;
}

export function createTally(tf: TF, metric: Metric): Tally {
  const { summarize } = metric;
  return summarize === undefined ? meanOf(metric) : wholeOf(tf, metric, summarize);
}

function meanOf(metric: Metric): Tally {
  return {
    read: (yTrue, yPred) => metric.compute(yTrue, yPred).sum(),
    start() {
      let [total, examples] = [0, 0];
      return {
        add(read, count) {
          total += read.dataSync()[0] ?? Number.NaN;
          examples += count;
        },
        value() {
          const mean = total / examples;
          return metric.finish?.(mean) ?? mean;
        },
      };
    },
  };
}

function wholeOf(tf: TF, metric: Metric, summarize: NonNullable<Metric["summarize"]>): Tally {
  return {
    read(yTrue, yPred) {
      const rows = tf.cast(metric.compute(yTrue, yPred), "float32");
      return rows.rank < 2 ? tf.reshape(rows, [-1, 1]) : tf.reshape(rows, [-1, rows.shape.at(-1) ?? 1]);
    },
    start() {
      const read: { readonly values: Float32Array; readonly width: number }[] = [];
      return {
        add(rows) {
          read.push({ values: Float32Array.from(rows.dataSync()), width: rows.shape[1] ?? 1 });
        },
        value() {
          const width = read[0]?.width ?? 1;
          const count = read.reduce((sum, { values }) => sum + values.length / width, 0);
          const columns = Array.from({ length: width }, () => new Float32Array(count));
          let row = 0;
          for (const { values } of read) {
            for (let at = 0; at < values.length; at += width, row++) {
              for (const [column, into] of columns.entries()) into[row] = values[at + column] ?? 0;
            }
          }
          return summarize(columns, new Float32Array(count).fill(1));
        },
      };
    },
  };
}
