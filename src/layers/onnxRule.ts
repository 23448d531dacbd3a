/** What a user's own layer class may say of its form in an ONNX file, as a method `toOnnx`. */

/** Whole numbers are ONNX's INT; its FLOAT has to be said. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | string
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** Tensors of the graph are known by their names. */
export interface OnnxGraph {
  /** One node of an operator of ONNX, whose first output is given back. An input that is left out is "". */
  add(operator: string, inputs: readonly string[], attributes?: OnnxAttributes): string;
  /** A weight of this layer by its own name, as given to `addWeight`, in TensorFlow.js's shape. */
  weight(name: string): string;
  /** float32; `[]` for a scalar. */
  floats(values: readonly number[] | Float32Array, shape: readonly number[]): string;
  /** int64, of one axis: a shape, axes, indices. */
  ints(values: readonly number[]): string;
}

/**
 *     toOnnx(graph: OnnxGraph, [x]: string[]) {
 *       return graph.add("Mul", [x, graph.weight("scale")]);
 *     }
 */
export interface OnnxRule {
  /** @param inputs in the order of axes that TensorFlow.js has @returns the output, or several, in that order of axes too */
  toOnnx(graph: OnnxGraph, inputs: string[]): string | readonly string[];
}
