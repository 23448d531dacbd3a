/** Tables of examples that lie in the engine, of which a step picks rows itself. */
import type * as Tf from "@tensorflow/tfjs";
import { attributesOf } from "./attributes.ts";
import type { NodeBackend } from "./graph/backend.ts";
import type { TF } from "./types.ts";

export interface Rows {
  /** Whether a table of these values may lie in the engine beside all else. */
  fits(values: Values): boolean;
  /**
   * @param values row-major @param shape of the table, its rows first
   * @returns for `pick` alone; the caller disposes it
   */
  hold(values: Values, shape: readonly number[]): Tf.Tensor;
  /** @param rows shape [n], int32 @returns n rows; bytes as float32 */
  pick(table: Tf.Tensor, rows: Tf.Tensor): Tf.Tensor;
}

type Values = Uint8Array | Float32Array | Int32Array;

const MOST_BYTES = 2 ** 30;

/**
 * TensorFlow has bytes, which TensorFlow.js has not: a table of them passes for one of int32, so nothing but `pick` may
 * have it.
 */
export function createRows(tf: TF, backend: NodeBackend): Rows {
  const { binding } = backend;
  const { TF_UINT8 } = binding;
  const attribute = attributesOf(backend);
  const typeOf = (table: Tf.Tensor): number => {
    backend.getInputTensorIds([table]);
    return backend.tensorMap.get(table.dataId).dtype;
  };
  return {
    fits: (values) => values.byteLength <= MOST_BYTES,
    hold: (values, shape) =>
      values instanceof Uint8Array
        ? backend.createOutputTensor({
            id: binding.createTensor([...shape], TF_UINT8, values),
            dtype: TF_UINT8,
            shape: [...shape],
          })
        : tf.tensor(values, [...shape], values instanceof Int32Array ? "int32" : "float32"),
    pick: (table, rows) =>
      tf.tidy(() => {
        const type = typeOf(table);
        const picked = backend.executeSingleOutput(
          "GatherV2",
          [
            attribute.type("Tparams", type),
            attribute.type("Tindices", "int32"),
            attribute.type("Taxis", "int32"),
            attribute.int("batch_dims", 0),
          ],
          [table, rows, tf.scalar(0, "int32")],
        );
        const toFloat = [
          attribute.type("SrcT", type),
          attribute.type("DstT", "float32"),
          attribute.flag("Truncate", false),
        ];
        return type === TF_UINT8 ? backend.executeSingleOutput("Cast", toFloat, [picked]) : picked;
      }),
  };
}
