import type * as Tf from "@tensorflow/tfjs";
import type { TensorMetadata, TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";

/** What is used of tfjs-node's backend (4.22.0), parts that it calls private included. */
export interface NodeBackend {
  binding: TFJSBinding;
  /** The binding's numbers; makes those tensors that are still plain numbers. */
  getInputTensorIds(tensors: readonly Tf.TensorInfo[]): number[];
  createOutputTensor(made: TensorMetadata): Tf.Tensor;
  /** What is known of each tensor's values: TensorFlow's own type among it, which may be one that tfjs has no name for. */
  readonly tensorMap: { get(dataId: object): { readonly dtype: number } };
  getDTypeInteger(dtype: Tf.DataType): number;
  incRef(dataId: object): void;
  disposeData(dataId: object): boolean;
  executeSingleOutput(op: string, attributes: readonly TFEOpAttr[], inputs: readonly Tf.TensorInfo[]): Tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly Tf.TensorInfo[],
    count: number,
  ): Tf.Tensor[];
}
