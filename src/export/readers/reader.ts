/** What opens an exported file, to see that it gives what the run's model gives: the program that its users will have. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { ModelFormat } from "../../protocol/modelExport.ts";

/** One input or output, of all examples. */
export interface Values {
  /** Of the model's input or output. */
  readonly name: string;
  /** The examples first. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

export interface Reading {
  /** What opened the file, with its version. */
  readonly reader: string;
  /** In the model's order. */
  readonly outputs: readonly Values[];
  /** Its weights have 16 bits. */
  readonly isFloat16?: boolean;
}

export interface ReaderContext {
  readonly tf: TF;
  /** What the file was made from, for forms that hold weights and no network. */
  readonly compact: Tf.LayersModel;
}

export interface ModelReader {
  readonly format: ModelFormat;
  /**
   * @param file absolute path
   * @param inputs in the model's order
   * @throws WhittleError where the file is damaged, or nothing that opens it is installed
   */
  run(file: string, inputs: readonly Values[], context: ReaderContext): Promise<Reading>;
}
