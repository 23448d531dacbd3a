/** The memory of the wasm backend: kernels in plain JavaScript that loop over it, without a copy. */
import type * as Tf from "@tensorflow/tfjs";

/** Of tfjs-backend-wasm 4.22.0. */
interface Backend {
  makeOutput(shape: readonly number[], dtype: Tf.DataType): Tf.TensorInfo;
  typedArrayFromHeap(tensor: Tf.TensorInfo): Float32Array | Int32Array | Uint8Array;
}

export type NumberArray = Float32Array | Int32Array | Uint8Array;

/**
 * Makes a tensor and lets `fill` write it, from zeros.
 * @param fill gets the inputs' values and the output's, views of memory that are gone once anything is allocated
 */
export function computeOnHeap(
  backend: unknown,
  inputs: readonly Tf.TensorInfo[],
  shape: readonly number[],
  dtype: Tf.DataType,
  fill: (output: NumberArray, ...inputs: NumberArray[]) => void,
): Tf.TensorInfo {
  const own = backend as Backend;
  const output = own.makeOutput(shape, dtype);
  if (shape.includes(0)) return output;
  const values = own.typedArrayFromHeap(output);
  values.fill(0);
  fill(values, ...inputs.map((input) => own.typedArrayFromHeap(input)));
  return output;
}
