/** A program of tensors as TensorFlow's nodes: what recorder.ts writes down and savedModel.ts puts into a file. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";

/** `name:index` of a node's output, as a session call takes it. */
export type Port = `${string}:${number}`;

/** TensorFlow's number for an element type: 1 float32, 3 int32, 10 bool, … */
export type TypeNumber = number;

interface Placeholder {
  readonly kind: "placeholder";
  readonly name: string;
  readonly dtype: TypeNumber;
  readonly shape: readonly number[];
}

interface Constant {
  readonly kind: "constant";
  readonly name: string;
  readonly dtype: TypeNumber;
  readonly shape: readonly number[];
  /** The elements, row by row, as they lie in memory. */
  readonly content: Uint8Array;
}

interface Operation {
  readonly kind: "operation";
  readonly name: string;
  /** TensorFlow's, e.g. `MatMul`. */
  readonly op: string;
  readonly inputs: readonly Port[];
  readonly attributes: readonly TFEOpAttr[];
}

export type GraphNode = Placeholder | Constant | Operation;
