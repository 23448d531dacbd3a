/** Weights of a layer as the rules of compaction read them. */
import type * as Tf from "@tensorflow/tfjs";
import { ownName } from "../layers/ownName.ts";
import { sizeOf } from "../models/shapes.ts";
import type { Layer } from "./applications.ts";

export type Variable = Layer["weights"][number];

export interface Weight {
  readonly variable: Variable;
  /** Its layer's own name for it, `kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
  /** 0 where a weight is 0 and stays so. */
  readonly live: ArrayLike<number>;
}

/** @returns undefined where a weight's own values say it */
export type LiveOf = (variable: Variable) => ArrayLike<number> | undefined;

export function readWeights(layer: { readonly weights: readonly Variable[] }, liveOf: LiveOf): readonly Weight[] {
  return layer.weights.map((variable) => {
    const tensor = variable.read() as Tf.Tensor;
    // A copy: some backends hand out their own buffer.
    const values = Float32Array.from(tensor.dataSync());
    return { variable, name: ownName(variable), shape: tensor.shape, values, live: liveOf(variable) ?? values };
  });
}

/** Of a model that nobody has trained. */
export function disposeWeights({ weights }: { readonly weights: readonly Variable[] }): void {
  for (const weight of weights) weight.read().dispose();
}

export function weightNamed(weights: readonly Weight[], name: string): Weight | undefined {
  return weights.find((weight) => weight.name === name);
}

/** A weight as a table: what it says of pairs along two of its axes, with all that lies along the others taken together. */
export interface Table {
  readonly weight: Weight;
  readonly rows: number;
  readonly columns: number;
  /** 1 at `row · columns + column` where anything is live. */
  readonly live: Uint8Array;
  /** For each column the sum over the rows of `factors` times what stands there. */
  sums(factors: Float64Array): Float64Array;
}

/** @param axes of the rows and of the columns */
export function tableOf(weight: Weight, [rowAxis, columnAxis]: readonly [number, number]): Table {
  const { shape, values } = weight;
  const strideOf = (axis: number): number => sizeOf(shape.slice(axis + 1));
  const [rowStride, columnStride] = [strideOf(rowAxis), strideOf(columnAxis)];
  const [rows, columns] = [shape[rowAxis] ?? 0, shape[columnAxis] ?? 0];
  const live = new Uint8Array(rows * columns);
  const rowOf = (index: number): number => Math.floor(index / rowStride) % rows;
  const columnOf = (index: number): number => Math.floor(index / columnStride) % columns;
  for (let index = 0; index < values.length; index += 1) {
    if (weight.live[index] !== 0) live[rowOf(index) * columns + columnOf(index)] = 1;
  }
  return {
    weight,
    rows,
    columns,
    live,
    sums(factors) {
      const sums = new Float64Array(columns);
      for (let index = 0; index < values.length; index += 1) {
        const column = columnOf(index);
        sums[column] = (sums[column] ?? 0) + (factors[rowOf(index)] ?? 0) * (values[index] ?? 0);
      }
      return sums;
    },
  };
}
